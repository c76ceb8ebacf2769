#!/usr/bin/env python3
"""Derives samples.tsv from the DICOM samples with pydicom: what an independent reader sees in each file.

usage: derive.py <dicom-samples folder> > samples.tsv     (pydicom, numpy, pylibjpeg-libjpeg, pyjpegls)

Columns: file, number of elements of the data set with nested ones (without group lengths, padding and Pixel Data),
SHA-256 of the SOP Instance UID, and the first frame: SHA-256 of its samples (masked to Bits Stored); `sum:` and the sum of all samples
for lossy JPEG, where decoders round differently; `-` where there are no pixels or pydicom cannot decode them.
"""
import hashlib
import pathlib
import sys

import pydicom
from pydicom.pixels import pixel_array

LOSSY = {"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51"}


def count(dataset, root=True):
    total = 0
    for element in dataset:
        if element.tag.element == 0 or root and element.tag in (0x7FE00010, 0xFFFCFFFC):
            continue
        total += 1
        if element.VR == "SQ":
            total += sum(count(item, False) for item in element.value)
    return total


for path in sorted(pathlib.Path(sys.argv[1]).glob("*.dcm")):
    dataset = pydicom.dcmread(path)
    pixels = "-"
    try:
        # Our decoder answers JPEG colour as RGB, native and RLE colour as stored.
        lossy = dataset.file_meta.TransferSyntaxUID in LOSSY
        array = pixel_array(dataset, index=0, raw=not lossy)
        if lossy:
            pixels = f"sum:{int(array.astype('int64').sum())}"
        else:
            pixels = hashlib.sha256(array.astype(array.dtype.newbyteorder("<")).tobytes()).hexdigest()
    except Exception as error:  # no pixels, or a syntax without decoder
        print(path.name, type(error).__name__, str(error)[:100], file=sys.stderr)
    uid = hashlib.sha256(str(dataset.get("SOPInstanceUID", "")).encode()).hexdigest()
    print(path.name, count(dataset), uid, pixels, sep="\t")

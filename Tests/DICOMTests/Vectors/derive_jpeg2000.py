#!/usr/bin/env python3
"""Derives jpeg2000.tsv: small streams by OpenJPEG's and OpenJPH's encoders (imagecodecs), with the pixels they were made of.

usage: derive_jpeg2000.py > jpeg2000.tsv      (numpy, imagecodecs)

Columns: name, transfer syntax, rows, columns, samples, bits allocated, bits stored, signed, photometric interpretation,
the same of the decoded frame, stream in Base64, pixels in Base64 (little endian, colour by pixel).
"""
import base64

import imagecodecs
import numpy

LOSSLESS, HT = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.201"
chance = numpy.random.default_rng(7)
y, x = numpy.mgrid[0:21, 0:34]


def grey(bits, signed=False):
    top = (1 << bits) - 1
    values = (x * 37 + y * 91) * top // 4000 + chance.integers(0, max(2, top // 50), x.shape)
    values = numpy.clip(values, 0, top)
    if signed:
        values = values - (1 << bits - 1)
    return values.astype({(8, False): "u1", (8, True): "i1"}.get((8 if bits <= 8 else 16, signed), "<i2" if signed else "<u2"))


def colour():
    return numpy.stack([grey(8), grey(8)[::-1], grey(8)[:, ::-1]], axis=-1)


def row(name, syntax, array, bits, stream, photometric, decoded=None):
    samples = 1 if array.ndim == 2 else array.shape[2]
    pixels = array.astype(array.dtype.newbyteorder("<")).tobytes()
    print(name, syntax, array.shape[0], array.shape[1], samples, 8 * array.dtype.itemsize, bits,
          int(array.dtype.kind == "i"), photometric, decoded or photometric, base64.b64encode(stream).decode(),
          base64.b64encode(pixels).decode(), sep="\t")


def j2k(array, **options):
    return imagecodecs.jpeg2k_encode(array, level=0, reversible=True, codecformat="j2k", **options)


for bits, signed in ((8, False), (12, False), (16, False), (12, True), (16, True)):
    array = grey(bits, signed)
    row(f"grey {bits} bit{' signed' * signed}", LOSSLESS, array, bits, j2k(array, bitspersample=bits), "MONOCHROME2")
    row(f"HT grey {bits} bit{' signed' * signed}", HT, array, bits,
        imagecodecs.htj2k_encode(array, reversible=True), "MONOCHROME2")
rgb, plain = colour(), grey(8)
row("colour transformed (RCT)", LOSSLESS, rgb, 8, j2k(rgb, mct=True), "YBR_RCT", "RGB")
row("colour as it is", LOSSLESS, rgb, 8, j2k(rgb, mct=False), "RGB")
row("HT colour", HT, rgb, 8, imagecodecs.htj2k_encode(rgb, reversible=True), "YBR_RCT", "RGB")
row("in a JP2 file", LOSSLESS, plain, 8,
    imagecodecs.jpeg2k_encode(plain, level=0, reversible=True, codecformat="jp2"), "MONOCHROME2")
# Streams say unsigned, the data set says signed: the bits are the truth.
array = grey(12, True)
row("12 bit unsigned in the stream, signed in the data set", LOSSLESS, array, 12,
    j2k((array.astype("<i2") & 0xFFF).astype("<u2"), bitspersample=12), "MONOCHROME2")

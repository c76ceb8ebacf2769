"""DICOM files with an identifier planted at every place where one can stand: generator and an independent search.

Nothing of the gateway is used here. The files are written byte by byte, because what writes DICOM politely also refuses
to write what devices and attackers write. `python -m deidentification_set --out FOLDER --seed N` makes them; they are
never committed."""

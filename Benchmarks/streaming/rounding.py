"""What an import is measured against: reading a safetensors file, and rounding its matrices to int8 with NumPy, a scale for each row.

    python3 rounding.py DIRECTORY/safetensors/model.safetensors [transposed]

transposed: as if matrices lay [in, out], as TensorFlow's do: scales are for columns, and what is rounded is turned round.
"""
import json
import struct
import sys
import time

import numpy

path = sys.argv[1]
with open(path, "rb") as file:
    size = struct.unpack("<Q", file.read(8))[0]
    header = json.loads(file.read(size))
start = time.time()
with open(path, "rb", buffering=0) as file:
    while file.read(1 << 20):
        pass
read = time.time() - start

start = time.time()
for name, tensor in header.items():
    if name == "__metadata__" or len(tensor["shape"]) != 2:
        continue
    matrix = numpy.memmap(path, "<f4", "r", 8 + size + tensor["data_offsets"][0], tuple(tensor["shape"]))
    for first in range(0, matrix.shape[0], 64):
        rows = numpy.asarray(matrix[first : first + 64])
        if len(sys.argv) > 2:
            rows = numpy.ascontiguousarray(rows.T)
        scale = numpy.abs(rows).max(1, keepdims=True) / 127
        numpy.rint(rows / numpy.where(scale == 0, 1, scale)).astype(numpy.int8)
rounded = time.time() - start
print(f"read {read:.2f} s, round {rounded:.2f} s, twice their sum {2 * (read + rounded):.2f} s")

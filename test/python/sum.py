"""Prints the sum of a Zarr array, read by zarr itself: python test/python/sum.py results/<job id>/array/escape_time"""

import sys

import numpy as np
import zarr

array = zarr.open_array(sys.argv[1], mode="r")
print(int(np.sum(array[...], dtype=np.uint64)))

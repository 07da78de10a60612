"""Writes the arrays that make-graph-faults.py left as DIRECTORY/KIND/NAME/arrays.npz into TensorFlow checkpoints beside them.

    python3 Scripts/make-tensorflow-faults.py DIRECTORY       needs numpy, tensorflow (2.21)
"""
import glob
import os
import sys

import numpy as np
import tensorflow as tf

for path in sorted(glob.glob(os.path.join(sys.argv[1], "*", "*", "arrays.npz"))):
    arrays = dict(np.load(path))
    names = sorted(arrays)
    folder = os.path.dirname(path)
    tf.raw_ops.SaveV2(
        prefix=os.path.join(folder, "model.ckpt"), tensor_names=names, shape_and_slices=[""] * len(names),
        tensors=[tf.constant(arrays[name]) for name in names])
    with open(os.path.join(folder, "checkpoint"), "w") as file:
        file.write('model_checkpoint_path: "model.ckpt"\n')
    os.remove(path)
    print(folder)

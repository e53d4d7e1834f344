"""What bin/bench loader compares itself with: python pillow_peer.py FOLDER SECONDS KIND BOXES prints pictures per processor second.

FOLDER holds 0.jpg, 1.jpg, ... and BOXES.csv, whose row i has the crops of picture i modulo their number: left, top, width, height,
size, one after another.
"""
import io
import sys
import time

from PIL import Image

folder, seconds, kind, boxes = sys.argv[1], float(sys.argv[2]), sys.argv[3], sys.argv[4]
with open("%s/%s.csv" % (folder, boxes)) as lines:
    rows = [[int(v) for v in line.split(",")] for line in lines]
files = []
try:
    while True:
        with open("%s/%d.jpg" % (folder, len(files)), "rb") as f:
            files.append(f.read())
except FileNotFoundError:
    pass


def one(i):
    picture = Image.open(io.BytesIO(files[i % len(files)])).convert("RGB")
    row = rows[i % len(rows)]
    if kind == "decode":
        return
    resample = Image.BILINEAR if kind == "bilinear" else Image.BICUBIC
    for at in range(0, len(row) if kind == "crops" else 5, 5):
        x, y, w, h, size = row[at:at + 5]
        picture.resize((size, size), resample, box=(x, y, x + w, y + h))


for i in range(len(files)):
    one(i)
start = time.process_time()
n = 0
while time.process_time() - start < seconds:
    one(n)
    n += 1
print(n / (time.process_time() - start))

# The measurement of CocoEvalBench with pycocotools: reads both files, scores them, prints "type,seconds,AP".
import contextlib
import os
import sys
import time

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

for kind in ("bbox", "segm"):
    start = time.perf_counter()
    with open(os.devnull, "w") as nothing, contextlib.redirect_stdout(nothing):
        truth = COCO(sys.argv[1])
        score = COCOeval(truth, truth.loadRes(sys.argv[2]), kind)
        score.evaluate()
        score.accumulate()
        score.summarize()
    print(f"{kind},{time.perf_counter() - start},{score.stats[0]}", flush=True)

# The measurement of CocoEvalBench with pycocotools: reads both files, scores them, prints "type,seconds,processor seconds,AP".
import contextlib
import os
import sys
import time

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

for kind in ("bbox", "segm"):
    start, cpu = time.perf_counter(), time.process_time()
    with open(os.devnull, "w") as nothing, contextlib.redirect_stdout(nothing):
        truth = COCO(sys.argv[1])
        score = COCOeval(truth, truth.loadRes(sys.argv[2]), kind)
        score.evaluate()
        score.accumulate()
        score.summarize()
    print(f"{kind},{time.perf_counter() - start},{time.process_time() - cpu},{score.stats[0]}", flush=True)

"""The training step of bin/bench train-step in PyTorch: the same sizes, losses and words on stdin and stdout as TrainStep.java."""
import contextlib
import resource
import sys
import time

import torch
import torch.utils.checkpoint
from torch import nn
from torch.nn import functional as F

MODEL, BATCH, TYPE, MULTI_CROP, CHECKPOINTING, THREADS = sys.argv[1:7]
BATCH = int(BATCH)
DIM, HEADS = {"vit-t/16": (192, 3), "vit-s/16": (384, 6), "vit-b/16": (768, 12)}[MODEL]
DEPTH, PATCH, IMAGE, LOCAL, OUTPUTS = 12, 16, 224, 96, 8192
torch.set_num_threads(int(THREADS))
torch.manual_seed(0)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(DIM, 3 * DIM)
        self.proj = nn.Linear(DIM, DIM)

    def forward(self, x):
        b, n, c = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, HEADS, c // HEADS).permute(2, 0, 3, 1, 4).unbind(0)
        if hasattr(F, "scaled_dot_product_attention"):
            y = F.scaled_dot_product_attention(q, k, v)
        else:
            y = ((q * (c // HEADS) ** -0.5) @ k.transpose(-2, -1)).softmax(-1) @ v
        return self.proj(y.transpose(1, 2).reshape(b, n, c))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(DIM, eps=1e-6), nn.LayerNorm(DIM, eps=1e-6)
        self.attn = Attention()
        self.mlp = nn.Sequential(nn.Linear(DIM, 4 * DIM), nn.GELU(), nn.Linear(4 * DIM, DIM))

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class ViT(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Conv2d(3, DIM, PATCH, PATCH)
        self.cls = nn.Parameter(torch.zeros(1, 1, DIM))
        self.pos = nn.Parameter(torch.randn(1, 1 + (IMAGE // PATCH) ** 2, DIM) * 0.02)
        self.blocks = nn.ModuleList(Block() for _ in range(DEPTH))
        self.norm = nn.LayerNorm(DIM, eps=1e-6)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.trunc_normal_(module.weight, std=0.02)
                nn.init.zeros_(module.bias)

    def positions(self, side):
        if side == IMAGE:
            return self.pos
        grid, cells = IMAGE // PATCH, side // PATCH
        patches = self.pos[:, 1:].reshape(1, grid, grid, DIM).permute(0, 3, 1, 2)
        scale = (cells + 0.1) / grid
        patches = F.interpolate(patches, scale_factor=(scale, scale), mode="bicubic")
        return torch.cat([self.pos[:, :1], patches.permute(0, 2, 3, 1).reshape(1, -1, DIM)], 1)

    def forward(self, x):
        tokens = self.embed(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(x.shape[0], -1, -1), tokens], 1) + self.positions(x.shape[-1])
        for block in self.blocks:
            if CHECKPOINTING == "true" and torch.is_grad_enabled():
                x = torch.utils.checkpoint.checkpoint(block, x, use_reentrant=False)
            else:
                x = block(x)
        return self.norm(x)


class Classes(nn.Module):
    def __init__(self):
        super().__init__()
        self.vit, self.head = ViT(), nn.Linear(DIM, 1000)
        self.x = torch.rand(BATCH, 3, IMAGE, IMAGE) * 4 - 2
        self.labels = torch.arange(BATCH) * 37 % 1000

    def loss(self):
        return F.cross_entropy(self.head(self.vit(self.x)[:, 0]), self.labels)

    def trained(self):
        return list(self.parameters())

    def after_update(self):
        pass


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.vit = ViT()
        self.mlp = nn.Sequential(nn.Linear(DIM, 2048), nn.GELU(), nn.Linear(2048, 2048), nn.GELU(), nn.Linear(2048, 256))
        self.prototypes = nn.Parameter((torch.rand(OUTPUTS, 256) * 2 - 1) / 16)

    def forward(self, x, patches):
        tokens = self.vit(x)
        y = self.mlp(tokens if patches else tokens[:, 0])
        return F.linear(F.normalize(y.float(), dim=-1), F.normalize(self.prototypes, dim=-1))


class MultiCrop(nn.Module):
    def __init__(self):
        super().__init__()
        self.student, self.teacher = Network(), Network()
        self.teacher.requires_grad_(False)
        self.large = torch.rand(2 * BATCH, 3, IMAGE, IMAGE) * 4 - 2
        self.small = torch.rand(10 * BATCH, 3, LOCAL, LOCAL) * 4 - 2
        n = (IMAGE // PATCH) ** 2
        masked = int(0.3 * n)
        order = torch.rand(2 * BATCH, n).argsort(1)
        self.weights = (order < masked).float() / masked

    def loss(self):
        with torch.no_grad():
            wanted = (self.teacher(self.large, True).float() / 0.04).softmax(-1)
        large = (self.student(self.large, True).float() / 0.1).log_softmax(-1)
        small = (self.student(self.small, False).float() / 0.1).log_softmax(-1)
        loss = -((wanted[:, 1:] * large[:, 1:]).sum(-1) * self.weights).sum() / (2 * BATCH)
        targets = wanted[:, 0].split(BATCH)
        logs = large[:, 0].split(BATCH) + small.split(BATCH)
        pairs = [(t, s) for t in range(2) for s in range(12) if s != t]
        return loss - sum((targets[t] * logs[s]).sum() for t, s in pairs) / (BATCH * len(pairs))

    def trained(self):
        return list(self.student.parameters())

    @torch.no_grad()
    def after_update(self):
        ours, theirs = list(self.teacher.parameters()), list(self.student.parameters())
        torch._foreach_mul_(ours, 0.996)
        torch._foreach_add_(ours, theirs, alpha=0.004)


def optimiser(parameters):
    groups = [{"params": [p for p in parameters if p.ndim > 1], "weight_decay": 0.05},
              {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0}]
    try:
        return torch.optim.AdamW(groups, lr=1e-4, fused=True)
    except (RuntimeError, TypeError):
        return torch.optim.AdamW(groups, lr=1e-4, foreach=True)


def main():
    work = MultiCrop() if MULTI_CROP == "true" else Classes()
    parameters = work.trained()
    optim = optimiser(parameters)
    cast = torch.autocast("cpu", dtype=torch.bfloat16) if TYPE == "bf16" else contextlib.nullcontext()
    print("PyTorch " + torch.__version__, flush=True)
    for line in sys.stdin:
        if line.strip() == "peak":
            print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, flush=True)
            continue
        cpu, start = time.process_time(), time.perf_counter()
        with cast:
            loss = work.loss()
        assert torch.isfinite(loss).item()
        forward = time.perf_counter()
        loss.backward()
        backward = time.perf_counter()
        optim.step()
        optim.zero_grad(set_to_none=True)
        work.after_update()
        del loss
        end = time.perf_counter()
        print(f"{forward - start:.6f} {backward - forward:.6f} {end - backward:.6f} {time.process_time() - cpu:.6f}", flush=True)


main()

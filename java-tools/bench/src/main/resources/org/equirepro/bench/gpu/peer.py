# The training step of TrainingProofs.imagesPerSecond in eager PyTorch: same network, precision, batch and update.
import time

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(dim, eps=1e-6), nn.LayerNorm(dim, eps=1e-6)
        self.qkv, self.proj = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.fc1, self.fc2 = nn.Linear(dim, 4 * dim), nn.Linear(4 * dim, dim)

    def forward(self, x):
        b, n, c = x.shape
        q, k, v = self.qkv(self.norm1(x)).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4).unbind()
        x = x + self.proj(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, n, c))
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x))))


class Vit(nn.Module):
    def __init__(self, dim=384, depth=12, heads=6):
        super().__init__()
        self.patch = nn.Conv2d(3, dim, 16, 16)
        self.cls, self.pos = nn.Parameter(torch.zeros(1, 1, dim)), nn.Parameter(torch.zeros(1, 197, dim))
        self.blocks = nn.ModuleList(Block(dim, heads) for _ in range(depth))

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(len(x), -1, -1), x], 1) + self.pos
        for block in self.blocks:
            x = block(x)
        return x


torch.manual_seed(0)
model = Vit().cuda()
update = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.05, fused=True)
pictures = torch.ones(64, 3, 224, 224, device="cuda")


def step():
    with torch.autocast("cuda", torch.bfloat16):
        y = model(pictures)
    y.float().square().mean().backward()
    update.step()
    update.zero_grad(set_to_none=False)


for _ in range(3):
    step()
torch.cuda.synchronize()
start = time.perf_counter()
for _ in range(20):
    step()
torch.cuda.synchronize()
print(f"{64 * 20 / (time.perf_counter() - start):.0f} img/s with torch {torch.__version__}")

"""One of two processes that train 2 x GRU-128 together. Arguments: rank, file to meet at. Reads numbers of steps from
standard input, a line each, takes so many steps and answers with a line.

Everything is set for speed: one thread a process, all parameters and all gradients in one flat tensor each, so that
averaging is one exchange over gloo and AdamW one operation, and gradients are never allocated anew.
"""

import sys

import torch
import torch.distributed as dist
from torch import nn

ROWS, STEPS, COEFFICIENTS, HIDDEN, LABELS = 64, 50, 20, 128, 12
JUDGED = 16
CLIP_NORM = 2.0

rank, meeting = int(sys.argv[1]), sys.argv[2]
torch.set_num_threads(1)
torch.set_flush_denormal(True)
torch.manual_seed(1)
dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=2)

gru = nn.GRU(COEFFICIENTS, HIDDEN, 2)
dense = nn.Linear(HIDDEN, LABELS)
parameters = [*gru.parameters(), *dense.parameters()]
weights = nn.Parameter(torch.cat([p.detach().flatten() for p in parameters]))
weights.grad = torch.zeros_like(weights)
at = 0
for p in parameters:
    p.data = weights.data[at : at + p.numel()].view(p.shape)
    p.grad = weights.grad[at : at + p.numel()].view(p.shape)
    at += p.numel()

optimiser = torch.optim.AdamW([weights], lr=1e-3, weight_decay=0.02)
loss_of = nn.CrossEntropyLoss(label_smoothing=0.05)
torch.manual_seed(2 + rank)
features = torch.randn(STEPS, ROWS, COEFFICIENTS)
labels = torch.randint(LABELS, (ROWS,)).repeat(JUDGED)


def step():
    weights.grad.zero_()
    hidden, _ = gru(features)
    loss_of(dense(hidden[-JUDGED:]).flatten(0, 1), labels).backward()
    dist.all_reduce(weights.grad)
    weights.grad.div_(2)
    nn.utils.clip_grad_norm_([weights], CLIP_NORM)
    optimiser.step()


print(torch.__version__, flush=True)
for line in sys.stdin:
    for _ in range(int(line)):
        step()
    print("done", flush=True)

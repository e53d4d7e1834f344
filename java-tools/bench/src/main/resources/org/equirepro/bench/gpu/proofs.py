# What bin/bench gpu measures and the project's own operators do not hold.

def as_type(x: Tensor, dtype: int) -> Tensor:
    return torch.to(x, dtype)

# The kernel that libtorch would take: 0 plain products, 1 flash, 2 memory-efficient, 3 cuDNN.

def attention_choice(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return torch.full([1], torch._fused_sdp_choice(q, k, v))

def attention_fused(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return torch.scaled_dot_product_attention(q, k, v)

def attention_plain(q: Tensor, k: Tensor, v: Tensor, scale: float) -> Tensor:
    return torch.matmul(torch.softmax(torch.matmul(torch.mul(q, scale), torch.transpose(k, -2, -1)), -1), v)

def pin(x: Tensor) -> Tensor:
    return torch.pin_memory(x)

def copy(to: Tensor, x: Tensor, non_blocking: bool) -> None:
    y = torch.copy_(to, x, non_blocking)

# Pointwise operators only, which a fuser turns into one kernel.

def chain(x: Tensor) -> Tensor:
    y = torch.add(torch.mul(x, 0.5), 0.25)
    z = torch.mul(torch.tanh(y), torch.sigmoid(x))
    return torch.mul(torch.add(z, y), torch.relu(x))

# The operators that DJL lacks, as TorchScript in the form that libtorch stores (positional arguments, no imports).
# ScriptArchive adds the receiver to each method and packs them; Ops.java and its faces type them and say shapes and errors.

# ---- casts (DJL's own cut the gradient) ----

def to_float(x: Tensor) -> Tensor:
    return torch.to(x, 6)

# A number as an operand: DJL would put it into a tensor on Java's memory, which may be collected before backward reads it.

def scale(x: Tensor, factor: float) -> Tensor:
    return torch.mul(x, factor)

# ---- layers ----

def linear(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.linear(x, w, b)

def linear_without_bias(x: Tensor, w: Tensor) -> Tensor:
    return torch.linear(x, w, None)

def layer_norm(x: Tensor, w: Tensor, b: Tensor, eps: float) -> Tensor:
    return torch.layer_norm(x, [torch.size(x, -1)], w, b, eps)

def batch_norm(x: Tensor, w: Tensor, b: Tensor, mean: Tensor, var: Tensor, training: bool, momentum: float, eps: float) -> Tensor:
    return torch.batch_norm(x, w, b, mean, var, training, momentum, eps, True)

def relu(x: Tensor) -> Tensor:
    return torch.relu(x)

def gelu(x: Tensor) -> Tensor:
    return torch.gelu(x)

def conv2d(x: Tensor, w: Tensor, b: Tensor, stride: int, padding: int) -> Tensor:
    return torch.conv2d(x, w, b, [stride, stride], [padding, padding], [1, 1], 1)

def conv2d_without_bias(x: Tensor, w: Tensor, stride: int, padding: int) -> Tensor:
    return torch.conv2d(x, w, None, [stride, stride], [padding, padding], [1, 1], 1)

def conv_transpose2d(x: Tensor, w: Tensor, b: Tensor, stride: int, padding: int) -> Tensor:
    return torch.conv_transpose2d(x, w, b, [stride, stride], [padding, padding], [0, 0], 1, [1, 1])

def max_pool2d(x: Tensor, kernel: int, stride: int, padding: int) -> Tensor:
    return torch.max_pool2d(x, [kernel, kernel], [stride, stride], [padding, padding])

def attention(x: Tensor, qw: Tensor, qb: Tensor, pw: Tensor, pb: Tensor, heads: int, scale: float, plain: bool) -> Tensor:
    B, N, C, = torch.size(x)
    qkv = torch.permute(torch.reshape(torch.linear(x, qw, qb), [B, N, 3, heads, torch.floordiv(C, heads)]), [2, 0, 3, 1, 4])
    q, k, v, = torch.unbind(qkv)
    if plain:
        o = torch.matmul(torch.softmax(torch.matmul(torch.mul(q, scale), torch.transpose(k, -2, -1)), -1), v)
    else:
        o = torch.scaled_dot_product_attention(q, k, v)
    return torch.linear(torch.reshape(torch.transpose(o, 1, 2), [B, N, C]), pw, pb)

def attention_weights(x: Tensor, qw: Tensor, qb: Tensor, heads: int, scale: float) -> Tensor:
    B, N, C, = torch.size(x)
    qkv = torch.permute(torch.reshape(torch.linear(x, qw, qb), [B, N, 3, heads, torch.floordiv(C, heads)]), [2, 0, 3, 1, 4])
    q, k, v, = torch.unbind(qkv)
    return torch.softmax(torch.matmul(torch.mul(q, scale), torch.transpose(k, -2, -1)), -1)

def block(x: Tensor, n1w: Tensor, n1b: Tensor, qw: Tensor, qb: Tensor, pw: Tensor, pb: Tensor, n2w: Tensor, n2b: Tensor, f1w: Tensor, f1b: Tensor, f2w: Tensor, f2b: Tensor, heads: int, scale: float, eps: float, plain: bool) -> Tensor:
    C = torch.size(x, -1)
    a = self.attention(torch.layer_norm(x, [C], n1w, n1b, eps), qw, qb, pw, pb, heads, scale, plain)
    y = torch.add(x, a)
    h = torch.layer_norm(y, [C], n2w, n2b, eps)
    return torch.add(y, torch.linear(torch.gelu(torch.linear(h, f1w, f1b)), f2w, f2b))

def block_scaled(x: Tensor, n1w: Tensor, n1b: Tensor, qw: Tensor, qb: Tensor, pw: Tensor, pb: Tensor, n2w: Tensor, n2b: Tensor, f1w: Tensor, f1b: Tensor, f2w: Tensor, f2b: Tensor, s1: Tensor, s2: Tensor, heads: int, scale: float, eps: float, plain: bool) -> Tensor:
    C = torch.size(x, -1)
    a = self.attention(torch.layer_norm(x, [C], n1w, n1b, eps), qw, qb, pw, pb, heads, scale, plain)
    y = torch.add(x, torch.mul(a, s1))
    h = torch.layer_norm(y, [C], n2w, n2b, eps)
    return torch.add(y, torch.mul(torch.linear(torch.gelu(torch.linear(h, f1w, f1b)), f2w, f2b), s2))

def patch_embed(x: Tensor, w: Tensor, b: Tensor, patch: int) -> Tensor:
    y = torch.conv2d(x, w, b, [patch, patch], [0, 0], [1, 1], 1)
    return torch.transpose(torch.flatten(y, 2), 1, 2)

def mask_tokens(x: Tensor, mask: Tensor, embed: Tensor) -> Tensor:
    return torch.where(torch.unsqueeze(mask, -1), torch.type_as(embed, x), x)

def prepend_cls(x: Tensor, cls: Tensor, pos: Tensor) -> Tensor:
    B = torch.size(x, 0)
    return torch.add(torch.cat([torch.type_as(torch.expand(cls, [B, -1, -1]), x), x], 1), pos)

# ---- interpolation as torch does it ----

def resize_bicubic(x: Tensor, height: int, width: int) -> Tensor:
    return torch.upsample_bicubic2d(x, [height, width], False, None, None)

def resize_bicubic_scaled(x: Tensor, height: int, width: int, scale_h: float, scale_w: float) -> Tensor:
    return torch.upsample_bicubic2d(x, [height, width], False, scale_h, scale_w)

def resize_bicubic_antialias(x: Tensor, height: int, width: int) -> Tensor:
    return torch._upsample_bicubic2d_aa(x, [height, width], False, None, None)

def resize_bilinear(x: Tensor, height: int, width: int) -> Tensor:
    return torch.upsample_bilinear2d(x, [height, width], False, None, None)

def warp(x: Tensor, theta: Tensor, padding: int) -> Tensor:
    grid = torch.affine_grid_generator(theta, torch.size(x), False)
    return torch.grid_sampler(x, grid, 0, padding, False)

# ---- picture operators on [B, 3, H, W] with one factor a picture, values in 0 .. 1 ----

def blur(x: Tensor, kernels: Tensor) -> Tensor:
    B, C, H, W, = torch.size(x)
    K = torch.size(kernels, 1)
    r = torch.floordiv(K, 2)
    k = torch.reshape(torch.repeat_interleave(kernels, C, 0), [B * C, 1, 1, K])
    p = torch.reshape(torch.reflection_pad2d(x, [r, r, r, r]), [1, B * C, H + 2 * r, W + 2 * r])
    y = torch.conv2d(p, k, None, [1, 1], [0, 0], [1, 1], B * C)
    z = torch.conv2d(y, torch.transpose(k, 2, 3), None, [1, 1], [0, 0], [1, 1], B * C)
    return torch.reshape(z, [B, C, H, W])

def gray(x: Tensor) -> Tensor:
    r, g, b, = torch.unbind(x, 1)
    return torch.unsqueeze(torch.add(torch.add(torch.mul(r, 0.2989), torch.mul(g, 0.587)), torch.mul(b, 0.114)), 1)

def blend(x: Tensor, other: Tensor, factor: Tensor) -> Tensor:
    f = torch.reshape(factor, [-1, 1, 1, 1])
    return torch.clamp(torch.add(torch.mul(x, f), torch.mul(other, torch.rsub(f, 1.0))), 0.0, 1.0)

def brightness(x: Tensor, factor: Tensor) -> Tensor:
    return self.blend(x, torch.zeros_like(x), factor)

def contrast(x: Tensor, factor: Tensor) -> Tensor:
    return self.blend(x, torch.mean(self.gray(x), [1, 2, 3], True), factor)

def saturation(x: Tensor, factor: Tensor) -> Tensor:
    return self.blend(x, self.gray(x), factor)

def hue(x: Tensor, shift: Tensor) -> Tensor:
    r, g, b, = torch.unbind(x, 1)
    top = torch.amax(x, [1])
    low = torch.amin(x, [1])
    same = torch.eq(top, low)
    span = torch.sub(top, low)
    one = torch.ones_like(top)
    s = torch.div(span, torch.where(same, one, top))
    d = torch.where(same, one, span)
    rc = torch.div(torch.sub(top, r), d)
    gc = torch.div(torch.sub(top, g), d)
    bc = torch.div(torch.sub(top, b), d)
    isr = torch.eq(top, r)
    isg = torch.logical_and(torch.eq(top, g), torch.logical_not(isr))
    isb = torch.logical_not(torch.logical_or(isr, torch.eq(top, g)))
    h0 = torch.mul(torch.sub(bc, gc), torch.to(isr, 6))
    h1 = torch.mul(torch.add(torch.sub(rc, bc), 2.0), torch.to(isg, 6))
    h2 = torch.mul(torch.add(torch.sub(gc, rc), 4.0), torch.to(isb, 6))
    h = torch.fmod(torch.add(torch.div(torch.add(torch.add(h0, h1), h2), 6.0), 1.0), 1.0)
    h = torch.remainder(torch.add(h, torch.reshape(shift, [-1, 1, 1])), 1.0)
    h6 = torch.mul(h, 6.0)
    i = torch.floor(h6)
    f = torch.sub(h6, i)
    p = torch.clamp(torch.mul(top, torch.rsub(s, 1.0)), 0.0, 1.0)
    q = torch.clamp(torch.mul(top, torch.rsub(torch.mul(s, f), 1.0)), 0.0, 1.0)
    t = torch.clamp(torch.mul(top, torch.rsub(torch.mul(s, torch.rsub(f, 1.0)), 1.0)), 0.0, 1.0)
    i = torch.remainder(i, 6.0)
    v = top
    red = torch.where(torch.logical_or(torch.eq(i, 0), torch.eq(i, 5)), v, torch.where(torch.eq(i, 1), q, torch.where(torch.eq(i, 4), t, p)))
    green = torch.where(torch.logical_or(torch.eq(i, 1), torch.eq(i, 2)), v, torch.where(torch.eq(i, 0), t, torch.where(torch.eq(i, 3), q, p)))
    blue = torch.where(torch.logical_or(torch.eq(i, 3), torch.eq(i, 4)), v, torch.where(torch.eq(i, 2), t, torch.where(torch.eq(i, 5), q, p)))
    return torch.stack([red, green, blue], 1)

def from_bytes(x: Tensor) -> Tensor:
    return torch.contiguous(torch.permute(torch.div(torch.to(x, 6), 255.0), [0, 3, 1, 2]))

def normalise(x: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    return torch.div(torch.sub(x, mean), std)

# ---- losses ----

def mse(x: Tensor, y: Tensor) -> Tensor:
    return torch.mean(torch.square(torch.sub(x, y)))

def cross_entropy(x: Tensor, y: Tensor, smoothing: float) -> Tensor:
    return torch.cross_entropy_loss(x, y, None, 1, -100, smoothing)

def hinge_std(x: Tensor) -> Tensor:
    std = torch.sqrt(torch.add(torch.var(torch.sub(x, torch.mean(x, [0])), 0), 0.0001))
    return torch.div(torch.mean(torch.relu(torch.rsub(std, 1.0))), 2.0)

def off_diagonal_covariance(x: Tensor) -> Tensor:
    c = torch.sub(x, torch.mean(x, [0]))
    cov = torch.div(torch.matmul(torch.t(c), c), torch.size(x, 0) - 1)
    return torch.div(torch.sub(torch.sum(torch.square(cov)), torch.sum(torch.square(torch.diagonal(cov)))), torch.size(x, 1))

def unit_rows(x: Tensor) -> Tensor:
    return torch.div(x, torch.clamp_min(torch.linalg_vector_norm(x, 2, [1], True), 1e-12))

def info_nce(x: Tensor, y: Tensor, partner: Tensor, not_itself: Tensor, temperature: float) -> Tensor:
    f = self.unit_rows(torch.cat([x, y], 0))
    similarity = torch.div(torch.matmul(f, torch.t(f)), temperature)
    return torch.cross_entropy_loss(torch.add(similarity, not_itself), partner, None, 1, -100, 0.0)

def feature_std(x: Tensor) -> Tensor:
    return torch.mean(torch.std(x, 0))

# Self-distillation: crops before the batch. Each student crop answers every teacher crop but its own; the log-probabilities
# are summed over the crops once, since the terms are linear in them.

def teacher_probabilities(x: Tensor, center: Tensor, temperature: float) -> Tensor:
    return torch.softmax(torch.div(torch.sub(x, center), temperature), -1)

def distil_crops(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    V, B, K, = torch.size(student)
    Q = torch.size(teacher, 0)
    logs = torch.log_softmax(torch.div(student, temperature), -1)
    others = torch.sub(torch.sum(logs, [0], True), torch.slice(logs, 0, 0, Q))
    return torch.div(torch.neg(torch.sum(torch.mul(teacher, others))), B * Q * (V - 1))

def distil_patches(student: Tensor, teacher: Tensor, mask: Tensor, temperature: float) -> Tensor:
    rows = torch.neg(torch.sum(torch.mul(teacher, torch.log_softmax(torch.div(student, temperature), -1)), [-1]))
    return torch.mean(torch.div(torch.sum(torch.mul(rows, mask), [-1]), torch.clamp_min(torch.sum(mask, [-1]), 1.0)))

# ---- optimisers; gradient mode must be off ----

def adamw(ps: List[Tensor], gs: List[Tensor], m: List[Tensor], v: List[Tensor], steps: List[Tensor], lr: float, wd: float, b1: float, b2: float, eps: float) -> NoneType:
    _0 = torch._foreach_add_(steps, 1)
    _1 = torch._fused_adamw_(ps, gs, m, v, [], steps, lr=lr, beta1=b1, beta2=b2, weight_decay=wd, eps=eps, amsgrad=False, maximize=False)
    return None

def adam(ps: List[Tensor], gs: List[Tensor], m: List[Tensor], v: List[Tensor], steps: List[Tensor], lr: float, wd: float, b1: float, b2: float, eps: float) -> NoneType:
    _0 = torch._foreach_add_(steps, 1)
    _1 = torch._fused_adam_(ps, gs, m, v, [], steps, lr=lr, beta1=b1, beta2=b2, weight_decay=wd, eps=eps, amsgrad=False, maximize=False)
    return None

def sgd(ps: List[Tensor], gs: List[Tensor], momenta: List[Tensor], lr: float, wd: float, momentum: float, nesterov: bool, first: bool) -> NoneType:
    d = torch._foreach_add(gs, ps, alpha=wd)
    if first:
        for i in range(torch.len(momenta)):
            _0 = torch.copy_(momenta[i], d[i])
    else:
        _1 = torch._foreach_mul_(momenta, momentum)
        _2 = torch._foreach_add_(momenta, d, alpha=1)
    if nesterov:
        step = torch._foreach_add(d, momenta, alpha=momentum)
    else:
        step = momenta
    _3 = torch._foreach_add_(ps, step, alpha=torch.neg(lr))
    return None

def lars(p: Tensor, g: Tensor, mu: Tensor, lr: float, wd: float, momentum: float, eta: float, adapt: bool) -> NoneType:
    if adapt:
        d = torch.add(g, p, alpha=wd)
        pn = torch.norm(p)
        un = torch.norm(d)
        one = torch.ones_like(pn)
        q = torch.where(torch.gt(pn, 0.0), torch.where(torch.gt(un, 0.0), torch.div(torch.mul(pn, eta), un), one), one)
        d = torch.mul(d, q)
    else:
        d = g
    _0 = torch.add_(torch.mul_(mu, momentum), d)
    _1 = torch.add_(p, mu, alpha=torch.neg(lr))
    return None

def ema(targets: List[Tensor], sources: List[Tensor], momentum: float) -> NoneType:
    _0 = torch._foreach_mul_(targets, momentum)
    _1 = torch._foreach_add_(targets, sources, alpha=1.0 - momentum)
    return None

def clip_each(gs: List[Tensor], limit: float) -> Tensor:
    norms = torch._foreach_norm(gs, 2)
    for i in range(torch.len(gs)):
        _0 = torch.mul_(gs[i], torch.clamp_max(torch.mul(torch.reciprocal(torch.add(norms[i], 1e-06)), limit), 1.0))
    return torch.stack(norms)

def clip_global(gs: List[Tensor], limit: float) -> Tensor:
    norm = torch.linalg_vector_norm(torch.stack(torch._foreach_norm(gs, 2)), 2)
    _0 = torch._foreach_mul_(gs, torch.clamp_max(torch.mul(torch.reciprocal(torch.add(norm, 1e-06)), limit), 1.0))
    return norm

def global_norm(gs: List[Tensor]) -> Tensor:
    return torch.linalg_vector_norm(torch.stack(torch._foreach_norm(gs, 2)), 2)

def zero(ts: List[Tensor]) -> NoneType:
    _0 = torch._foreach_zero_(ts)
    return None

def copy_into(target: Tensor, source: Tensor) -> NoneType:
    _0 = torch.copy_(target, source)
    return None

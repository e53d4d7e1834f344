# The operators that DJL lacks, as TorchScript in the form that libtorch stores (positional arguments, no imports).
# ScriptArchive adds the receiver to each method and packs them; Ops.java and its faces type them and say shapes and errors.

# ---- casts (DJL's own cut the gradient) ----

def to_float(x: Tensor) -> Tensor:
    return torch.to(x, 6)

def to_bfloat16(x: Tensor) -> Tensor:
    return torch.to(x, 15)

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

def group_norm(x: Tensor, w: Tensor, b: Tensor, groups: int, eps: float) -> Tensor:
    return torch.group_norm(x, groups, w, b, eps, True)

def weight_norm(v: Tensor, g: Tensor) -> Tensor:
    return torch._weight_norm(v, g, 0)

# Batch norm over a batch that lies in equal parts on several ranks: statistics of the own part, then of all parts together
# (Chan et al. 1979), which loses no digits where the mean is large.

def channel_statistics(x: Tensor, w: Tensor) -> Tensor:
    y = torch.type_as(x, w)
    if torch.eq(torch.dim(x), 4):
        dims = [0, 2, 3]
    else:
        dims = [0]
    return torch.unsqueeze(torch.cat([torch.mean(y, dims), torch.var(y, dims, False)], 0), 0)

def batch_norm_shared(x: Tensor, w: Tensor, b: Tensor, statistics: Tensor, mean: Tensor, var: Tensor, unbias: float, momentum: float, eps: float) -> Tensor:
    m, v, = torch.chunk(statistics, 2, 1)
    center = torch.mean(m, [0])
    spread = torch.mean(torch.add(v, torch.square(torch.sub(m, center))), [0])
    _0 = torch.add_(torch.mul_(mean, 1.0 - momentum), torch.detach(center), alpha=momentum)
    _1 = torch.add_(torch.mul_(var, 1.0 - momentum), torch.detach(spread), alpha=torch.mul(momentum, unbias))
    if torch.eq(torch.dim(x), 4):
        shape = [1, -1, 1, 1]
    else:
        shape = [1, -1]
    factor = torch.reshape(torch.mul(w, torch.rsqrt(torch.add(spread, eps))), shape)
    y = torch.mul(torch.sub(torch.type_as(x, w), torch.reshape(center, shape)), factor)
    return torch.type_as(torch.add(y, torch.reshape(b, shape)), x)

def relu(x: Tensor) -> Tensor:
    return torch.relu(x)

def sigmoid(x: Tensor) -> Tensor:
    return torch.sigmoid(x)

def gelu(x: Tensor) -> Tensor:
    return torch.gelu(x)

def conv2d(x: Tensor, w: Tensor, b: Tensor, stride: int, padding: int, dilation: int, groups: int) -> Tensor:
    return torch.conv2d(x, w, b, [stride, stride], [padding, padding], [dilation, dilation], groups)

def conv2d_without_bias(x: Tensor, w: Tensor, stride: int, padding: int, dilation: int, groups: int) -> Tensor:
    return torch.conv2d(x, w, None, [stride, stride], [padding, padding], [dilation, dilation], groups)

def conv_transpose2d(x: Tensor, w: Tensor, b: Tensor, stride: int, padding: int) -> Tensor:
    return torch.conv_transpose2d(x, w, b, [stride, stride], [padding, padding], [0, 0], 1, [1, 1])

def max_pool2d(x: Tensor, kernel: int, stride: int, padding: int) -> Tensor:
    return torch.max_pool2d(x, [kernel, kernel], [stride, stride], [padding, padding])

def adaptive_avg_pool2d(x: Tensor, height: int, width: int) -> Tensor:
    return torch.adaptive_avg_pool2d(x, [height, width])

def attend(q: Tensor, k: Tensor, v: Tensor, scale: float, plain: bool) -> Tensor:
    if plain:
        o = torch.matmul(torch.softmax(torch.matmul(torch.mul(q, scale), torch.transpose(k, -2, -1)), -1), v)
    else:
        o = torch.scaled_dot_product_attention(q, k, v)
    return o

def attention(x: Tensor, qw: Tensor, qb: Tensor, pw: Tensor, pb: Tensor, heads: int, scale: float, plain: bool) -> Tensor:
    B, N, C, = torch.size(x)
    qkv = torch.permute(torch.reshape(torch.linear(x, qw, qb), [B, N, 3, heads, torch.floordiv(C, heads)]), [2, 0, 3, 1, 4])
    q, k, v, = torch.unbind(qkv)
    o = self.attend(q, k, v, scale, plain)
    return torch.linear(torch.reshape(torch.transpose(o, 1, 2), [B, N, C]), pw, pb)

def cross_attention(x: Tensor, context: Tensor, qw: Tensor, qb: Tensor, kvw: Tensor, kvb: Tensor, pw: Tensor, pb: Tensor, heads: int, scale: float, plain: bool) -> Tensor:
    B, N, C, = torch.size(x)
    d = torch.floordiv(C, heads)
    q = torch.transpose(torch.reshape(torch.linear(x, qw, qb), [B, N, heads, d]), 1, 2)
    kv = torch.permute(torch.reshape(torch.linear(context, kvw, kvb), [B, torch.size(context, 1), 2, heads, d]), [2, 0, 3, 1, 4])
    k, v, = torch.unbind(kv)
    o = self.attend(q, k, v, scale, plain)
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

# ---- indices, order, similarity ----

def index_select(x: Tensor, dim: int, index: Tensor) -> Tensor:
    return torch.index_select(x, dim, index)

def index_add(x: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    return torch.index_add(x, dim, index, source)

def gather(x: Tensor, dim: int, index: Tensor) -> Tensor:
    return torch.gather(x, dim, index)

def scatter(x: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    return torch.scatter(x, dim, index, source)

def scatter_add(x: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    return torch.scatter_add(x, dim, index, source)

def top_indices(x: Tensor, k: int, dim: int, largest: bool) -> Tensor:
    _0, index, = torch.topk(x, k, dim, largest, True)
    return index

def sort_indices(x: Tensor, dim: int, descending: bool) -> Tensor:
    return torch.argsort(x, stable=True, dim=dim, descending=descending)

def one_hot(labels: Tensor, classes: int) -> Tensor:
    return torch.to(torch.one_hot(labels, classes), 6)

def cumulative_sum(x: Tensor, dim: int) -> Tensor:
    return torch.cumsum(x, dim)

def unit_rows(x: Tensor, eps: float) -> Tensor:
    return torch.div(x, torch.clamp_min(torch.linalg_vector_norm(x, 2, [-1], True), eps))

def cosine_similarity(x: Tensor, y: Tensor) -> Tensor:
    return torch.cosine_similarity(x, y, -1, 1e-08)

# ---- interpolation as torch does it ----

def resize_nearest(x: Tensor, height: int, width: int) -> Tensor:
    return torch.upsample_nearest2d(x, [height, width], None, None)

def resize_bilinear(x: Tensor, height: int, width: int, align_corners: bool) -> Tensor:
    return torch.upsample_bilinear2d(x, [height, width], align_corners, None, None)

def resize_bilinear_antialias(x: Tensor, height: int, width: int, align_corners: bool) -> Tensor:
    return torch._upsample_bilinear2d_aa(x, [height, width], align_corners, None, None)

def resize_bicubic(x: Tensor, height: int, width: int, align_corners: bool) -> Tensor:
    return torch.upsample_bicubic2d(x, [height, width], align_corners, None, None)

def resize_bicubic_scaled(x: Tensor, height: int, width: int, scale_h: float, scale_w: float) -> Tensor:
    return torch.upsample_bicubic2d(x, [height, width], False, scale_h, scale_w)

def resize_bicubic_antialias(x: Tensor, height: int, width: int, align_corners: bool) -> Tensor:
    return torch._upsample_bicubic2d_aa(x, [height, width], align_corners, None, None)

# The gradient's CPU kernel reads outside of the picture, and of the process, at a coordinate that is not a number.

def grid_sample(x: Tensor, grid: Tensor, mode: int, padding: int, align_corners: bool) -> Tensor:
    finite = torch.clamp(torch.nan_to_num(grid, -1.0, 1000000.0, -1000000.0), -1000000.0, 1000000.0)
    return torch.grid_sampler(x, finite, mode, padding, align_corners)

def warp(x: Tensor, theta: Tensor, padding: int) -> Tensor:
    grid = torch.affine_grid_generator(theta, torch.size(x), False)
    return self.grid_sample(x, grid, 0, padding, False)

# Pixels of all maps become the rows of one table, of which embedding_bag sums weighted ones without writing them out.

def pixel_sums(maps: List[Tensor], indices: Tensor, weights: Tensor, offsets: Tensor, height: int, width: int) -> Tensor:
    rows = annotate(List[Tensor], [])
    for i in range(torch.len(maps)):
        _0 = torch.append(rows, torch.transpose(torch.flatten(maps[i], 2), 1, 2))
    table = torch.type_as(torch.flatten(torch.cat(rows, 1), 0, 1), weights)
    sums, _1, _2, _3, = torch.embedding_bag(table, indices, offsets, False, 0, False, weights, False)
    return torch.contiguous(torch.permute(torch.reshape(sums, [-1, height, width, torch.size(table, 1)]), [0, 3, 1, 2]))

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

def cross_entropy(x: Tensor, y: Tensor, reduction: int, ignore: int, smoothing: float) -> Tensor:
    return torch.cross_entropy_loss(x, y, None, reduction, ignore, smoothing)

def soft_cross_entropy(x: Tensor, target: Tensor, temperature: float) -> Tensor:
    return torch.neg(torch.sum(torch.mul(target, torch.log_softmax(torch.div(x, temperature), -1)), [-1]))

def binary_cross_entropy(x: Tensor, y: Tensor, reduction: int) -> Tensor:
    return torch.binary_cross_entropy_with_logits(x, y, None, None, reduction)

def smooth_l1(x: Tensor, y: Tensor, reduction: int, beta: float) -> Tensor:
    return torch.smooth_l1_loss(x, y, reduction, beta)

def huber(x: Tensor, y: Tensor, reduction: int, delta: float) -> Tensor:
    return torch.huber_loss(x, y, reduction, delta)

# Depth [B, H, W] against target, 0 where unknown. The logarithm of an unknown target is taken at 1, and then does not count.

def scale_invariant_log(x: Tensor, target: Tensor, share: float) -> Tensor:
    known = torch.type_as(torch.gt(target, 0), x)
    count = torch.sum(known, [1, 2])
    pixels = torch.clamp_min(count, 1)
    d = torch.mul(torch.sub(torch.log(x), torch.log(torch.add(target, torch.rsub(known, 1.0)))), known)
    mean = torch.div(torch.sum(d, [1, 2]), pixels)
    spread = torch.sub(torch.div(torch.sum(torch.square(d), [1, 2]), pixels), torch.mul(torch.square(mean), share))
    return torch.mul(torch.sqrt(torch.add(torch.clamp_min(spread, 0.0), 1e-06)), torch.type_as(torch.gt(count, 0), x))

def koleo(x: Tensor) -> Tensor:
    u = self.unit_rows(x, 1e-08)
    similarity = torch.fill_diagonal_(torch.detach(torch.matmul(u, torch.t(u))), -1)
    nearest = torch.index_select(u, 0, torch.argmax(similarity, 1))
    distance = torch.linalg_vector_norm(torch.add(torch.sub(u, nearest), 1e-08), 2, [1])
    return torch.neg(torch.mean(torch.log(torch.add(distance, 1e-08))))

# Sinkhorn-Knopp on the samples' weights [B, K]: the caller may add the prototypes' masses up over ranks in between.

def sinkhorn_weights(x: Tensor, temperature: float) -> Tensor:
    return torch.exp(torch.div(x, temperature))

def sinkhorn_mass(q: Tensor) -> Tensor:
    return torch.sum(q, [0], True)

def sinkhorn_round(q: Tensor, mass: Tensor) -> Tensor:
    p = torch.div(q, torch.mul(mass, torch.size(q, 1)))
    return torch.div(p, torch.sum(p, [1], True))

def hinge_std(x: Tensor) -> Tensor:
    std = torch.sqrt(torch.add(torch.var(torch.sub(x, torch.mean(x, [0])), 0), 0.0001))
    return torch.div(torch.mean(torch.relu(torch.rsub(std, 1.0))), 2.0)

def off_diagonal_covariance(x: Tensor) -> Tensor:
    c = torch.sub(x, torch.mean(x, [0]))
    cov = torch.div(torch.matmul(torch.t(c), c), torch.size(x, 0) - 1)
    return torch.div(torch.sub(torch.sum(torch.square(cov)), torch.sum(torch.square(torch.diagonal(cov)))), torch.size(x, 1))

def info_nce(x: Tensor, y: Tensor, partner: Tensor, not_itself: Tensor, temperature: float) -> Tensor:
    f = self.unit_rows(torch.cat([x, y], 0), 1e-12)
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
    rows = self.soft_cross_entropy(student, teacher, temperature)
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
    return torch.to(torch.stack(norms), 6)

def clip_global(gs: List[Tensor], limit: float) -> Tensor:
    norm = torch.linalg_vector_norm(torch.stack(torch._foreach_norm(gs, 2)), 2)
    _0 = torch._foreach_mul_(gs, torch.clamp_max(torch.mul(torch.reciprocal(torch.add(norm, 1e-06)), limit), 1.0))
    return torch.to(norm, 6)

def global_norm(gs: List[Tensor]) -> Tensor:
    return torch.to(torch.linalg_vector_norm(torch.stack(torch._foreach_norm(gs, 2)), 2), 6)

def unscale(gs: List[Tensor], found: Tensor, inverse: Tensor) -> NoneType:
    _0 = torch._amp_foreach_non_finite_check_and_unscale_(gs, found, inverse)
    return None

def zero(ts: List[Tensor]) -> NoneType:
    _0 = torch._foreach_zero_(ts)
    return None

def contiguous(x: Tensor) -> Tensor:
    return torch.contiguous(x)

def pack(ts: List[Tensor]) -> Tensor:
    flat = annotate(List[Tensor], [])
    for i in range(torch.len(ts)):
        _0 = torch.append(flat, torch.flatten(ts[i]))
    return torch.cat(flat, 0)

def unpack(packed: Tensor, ts: List[Tensor], factor: float) -> NoneType:
    scaled = torch.mul_(packed, factor)
    at = 0
    for i in range(torch.len(ts)):
        n = torch.numel(ts[i])
        _0 = torch.copy_(ts[i], torch.view(torch.narrow(scaled, 0, at, n), torch.size(ts[i])))
        at = torch.add(at, n)
    return None

def copy_into(target: Tensor, source: Tensor) -> NoneType:
    _0 = torch.copy_(target, source)
    return None

# ---- linear classifiers side by side: H heads of C classes each on the same features; their gradients without a graph ----

# Samples come last, so that what is done for every class and head runs over neighbouring numbers.

def head_logits(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.addmm(b, w, torch.t(x))

# logits [H, C, B], overwritten; places [B], where the samples' own classes lie in [C, B]; each: what a sample counts in the loss.
# exp2, since libtorch gives exp to a library that takes twice as long on some CPUs.

def class_errors(z: Tensor, places: Tensor, losses: Tensor, each: float) -> Tensor:
    flat = torch.reshape(torch.sub_(z, torch.amax(z, [1], True)), [torch.size(z, 0), -1])
    own = torch.sum(torch.index_select(flat, 1, places), [1])
    e = torch.exp2_(torch.mul_(z, 1.4426950408889634))
    sums = torch.sum(e, [1], True)
    _0 = torch.add_(losses, torch.sub(torch.sum(torch.log(sums), [1, 2]), own), alpha=each)
    _1 = torch.div_(e, sums)
    _2 = torch.index_copy_(flat, 1, places, torch.sub(torch.index_select(flat, 1, places), 1))
    return torch.reshape(e, [-1, torch.size(z, 2)])

# targets and known: [C, B], 0 or 1; what is not known costs nothing

def binary_errors(z: Tensor, targets: Tensor, known: Tensor, losses: Tensor, each: float) -> Tensor:
    cost = torch.mul(torch.sub(torch.softplus(z, 1, 20), torch.mul(z, targets)), known)
    _0 = torch.add_(losses, torch.sum(cost, [1, 2]), alpha=each)
    e = torch.mul(torch.sub(torch.sigmoid(z), targets), known)
    return torch.reshape(e, [-1, torch.size(z, 2)])

# keep times what is there plus the gradient; x [B, D], errors [H C, B], gw [H C, D], gb [H C, 1]

def add_head_gradients(x: Tensor, errors: Tensor, gw: Tensor, gb: Tensor, keep: float, each: float) -> NoneType:
    _0 = torch.addmm_(gw, errors, x, beta=keep, alpha=each)
    _1 = torch.add_(torch.mul_(gb, keep), torch.sum(errors, [1], True), alpha=each)
    return None

def add_scaled(x: Tensor, y: Tensor, factor: float) -> NoneType:
    _0 = torch.add_(x, y, alpha=factor)
    return None

# rows [N, 1]

def add_scaled_rows(x: Tensor, y: Tensor, rows: Tensor, factor: float) -> NoneType:
    _0 = torch.addcmul_(x, y, rows, value=factor)
    return None

/* A witness: section 3.7's network once more, in plain C, from the equations and the arithmetic contract alone. It shares
 * nothing with the library, not even exp, and must come to the same weights to the last bit.
 *
 *     cc -std=c11 -O3 -ffp-contract=off section37.c -lm -o section37        (faster with -mfma, where the processor has it)
 *     ./section37 START STEPS
 *
 * START: inputs, hidden, classes, batches, each a 32-bit number; the learning rate; w1 b1 w2 b2 w3 b3, row by row; then each
 * batch: m, 32-bit; m rows of inputs; m labels, one-hot. All is in the machine's byte order, numbers are 32-bit floats.
 * Training begins again at the first batch after the last. Printed is the checksum: FNV-1a, 64 bits, over the bytes of
 * w1 b1 w2 b2 w3 b3, little-endian.
 *
 * The contract, as it is used here: a product is one chain of fused multiply-adds over k in increasing order, from +0;
 * after it bias, function, factor, each rounded; sums along rows and down columns are chains in index order; every gradient
 * is (1/m)·s, every update w - lr·g; e^x and 1/(1 + e^-x) are rounded once from their true value. No expression may
 * be fused that is not fmaf: hence -ffp-contract=off. */

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *need(size_t count, size_t size) {
    void *p = calloc(count, size);
    if (!p) { fprintf(stderr, "no memory\n"); exit(1); }
    return p;
}

static float *floats(size_t count) { return need(count, sizeof(float)); }

static void get(FILE *file, void *to, size_t size, size_t count) {
    if (fread(to, size, count, file) != count) { fprintf(stderr, "the file ends too early\n"); exit(1); }
}

static uint32_t number(FILE *file) { uint32_t n; get(file, &n, sizeof n, 1); return n; }

/* Rounded once from more than twice a float's precision. Near 0 the second is 1/2 + x/4 - x^3/48 + ...: where 1/2 + x/4 is the
 * middle of two floats, a term decides that is too small for any sum, and it always points towards 1/2. Below 2^-11 no
 * middle lies between. */
static float exp_(float x) { return (float)expl(x); }
static float sigmoid(float x) {
    if (fabsf(x) < 0x1p-11f) return (float)nextafterl(0.5L + x / 4.0L, 0.5L);
    return (float)(1 / (1 + expl(-(long double)x)));
}

/* c = a·b: [m,k]·[k,n], where a's entry (i, t) is a[i*ai + t*at]. */
static void product(int m, int k, int n, const float *a, int ai, int at, const float *b, float *c) {
    for (int i = 0; i < m; i++) {
        float *restrict row = c + (size_t)i * n;
        memset(row, 0, n * sizeof *row);
        for (int t = 0; t < k; t++) {
            const float factor = a[(size_t)i * ai + (size_t)t * at], *restrict from = b + (size_t)t * n;
            for (int j = 0; j < n; j++) row[j] = fmaf(factor, from[j], row[j]);
        }
    }
}

/* z = a·w + b */
static void affine(int m, int k, int n, const float *a, const float *w, const float *b, float *z) {
    product(m, k, n, a, k, 1, w, z);
    for (int i = 0; i < m; i++) for (int j = 0; j < n; j++) z[i * n + j] += b[j];
}

/* (3-57) */
static void softmax(int m, int n, const float *z, float *a) {
    for (int i = 0; i < m; i++, z += n, a += n) {
        float max = z[0], sum = 0;
        for (int k = 1; k < n; k++) if (z[k] > max) max = z[k];
        for (int k = 0; k < n; k++) sum += a[k] = exp_(z[k] - max);
        for (int k = 0; k < n; k++) a[k] /= sum;
    }
}

/* delta = (above·wᵀ) ⊙ a ⊙ (1 − a): [m,n]·[k,n]ᵀ ⊙ [m,k] */
static void back(int m, int n, int k, const float *above, const float *w, const float *a, float *wt, float *delta) {
    for (int i = 0; i < k; i++) for (int j = 0; j < n; j++) wt[(size_t)j * k + i] = w[(size_t)i * n + j];
    product(m, n, k, above, n, 1, wt, delta);
    for (int i = 0; i < m * k; i++) delta[i] *= a[i] * (1 - a[i]);
}

/* w − lr·(1/m)·aᵀdelta and b − lr·(1/m)·Σ delta */
static void descend(int m, int k, int n, float lr, const float *a, const float *delta, float *g, float *w, float *b) {
    const float mean = 1.0f / (float)m;
    product(k, m, n, a, 1, k, delta, g);
    for (int i = 0; i < k * n; i++) w[i] -= lr * (mean * g[i]);
    for (int j = 0; j < n; j++) {
        float sum = 0;
        for (int i = 0; i < m; i++) sum += delta[i * n + j];
        b[j] -= lr * (mean * sum);
    }
}

static uint64_t checksum(uint64_t hash, const float *x, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, x + i, 4);
        for (int byte = 0; byte < 4; byte++) hash = (hash ^ (bits >> 8 * byte & 255)) * 0x100000001b3u;
    }
    return hash;
}

int main(int argc, char **argv) {
    FILE *file = argc == 3 ? fopen(argv[1], "rb") : NULL;
    if (!file) { fprintf(stderr, "usage: section37 START STEPS, where START is a file\n"); return 2; }
    const int steps = atoi(argv[2]), in = number(file), h = number(file), out = number(file), batches = number(file);
    float lr;
    get(file, &lr, sizeof lr, 1);
    const size_t sizes[6] = {(size_t)in * h, h, (size_t)h * h, h, (size_t)h * out, out};
    float *p[6], *g = floats(sizes[0] + sizes[2] + sizes[4]), *wt = floats(sizes[2] + sizes[4]);
    for (int i = 0; i < 6; i++) get(file, p[i] = floats(sizes[i]), sizeof(float), sizes[i]);
    float *w1 = p[0], *b1 = p[1], *w2 = p[2], *b2 = p[3], *w3 = p[4], *b3 = p[5];
    const long first = ftell(file);

    for (int step = 0; step < steps; step++) {
        if (step % batches == 0) fseek(file, first, SEEK_SET);
        const int m = number(file);
        float *x = floats((size_t)m * in), *y = floats(m * out), *z4 = floats(m * out), *d4 = floats(m * out);
        float *a2 = floats(m * h), *a3 = floats(m * h), *d3 = floats(m * h), *d2 = floats(m * h);
        get(file, x, sizeof(float), (size_t)m * in);
        get(file, y, sizeof(float), (size_t)m * out);

        affine(m, in, h, x, w1, b1, a2);                                  /* (3-54) */
        for (int i = 0; i < m * h; i++) a2[i] = sigmoid(a2[i]);
        affine(m, h, h, a2, w2, b2, a3);                                  /* (3-55) */
        for (int i = 0; i < m * h; i++) a3[i] = sigmoid(a3[i]);
        affine(m, h, out, a3, w3, b3, z4);                                /* (3-56) */
        softmax(m, out, z4, d4);

        for (int i = 0; i < m * out; i++) d4[i] -= y[i];                  /* (3-64) */
        back(m, out, h, d4, w3, a3, wt, d3);                              /* (3-66) */
        back(m, h, h, d3, w2, a2, wt, d2);                                /* (3-67) */
        descend(m, h, out, lr, a3, d4, g, w3, b3);                        /* (3-65) */
        descend(m, h, h, lr, a2, d3, g, w2, b2);
        descend(m, in, h, lr, x, d2, g, w1, b1);

        float *done[] = {x, y, z4, d4, a2, a3, d3, d2};
        for (int i = 0; i < 8; i++) free(done[i]);
    }
    uint64_t hash = 0xcbf29ce484222325u;
    for (int i = 0; i < 6; i++) hash = checksum(hash, p[i], sizes[i]);
    printf("weights 0x%016llx\n", (unsigned long long)hash);
    return 0;
}

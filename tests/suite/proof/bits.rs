//! The same bits everywhere: instruction sets × threads × batch sizes × types × floors, twenty steps of training each, with the
//! checksums that every machine must come to.

use crate::common::engines::name;
use crate::common::*;
use fromzero::nn::{Dense, Layer, Model, Sequential, Sgd, Sigmoid, SoftmaxCrossEntropy};
use fromzero::section37::*;
use fromzero::{Engine, Isa, Matrix, Real};

/// The products of 63 samples are shared out to the threads, the sums over the inputs are in two blocks of k, and the hidden
/// layers in two blocks of columns; no size is a whole number of registers.
const SIZES: Sizes = Sizes {
    inputs: 401,
    hidden: 66,
    classes: 10,
};
const THREADS: [usize; 5] = [1, 2, 3, 7, 16];
const BATCHES: [usize; 4] = [1, 63, 64, 65];
const STEPS: usize = 20;

/// On x86 the portable code does without the processor's fused multiply-add, and takes many times as long: so many steps must
/// do, and the numbers of threads take turns, one beside a single thread for each batch size.
const FEW_STEPS: usize = 2;

const LEARNING_RATE: f64 = 0.3;

/// Random weights and biases, the same in both types but for rounding.
fn network<T: Real>() -> Params<T> {
    let rng = &mut SplitMix64::new(21);
    let mut p = Params::zeros(SIZES).unwrap();
    p.assign(&uniform_vector(rng, p.count(), -0.3, 0.3));
    p
}

fn batch<T: Real>(samples: usize) -> (Matrix<T>, Vec<u8>, Matrix<T>) {
    let rng = &mut SplitMix64::new(22);
    let x = uniform_matrix(rng, samples, SIZES.inputs, 0.0, 1.0);
    let labels: Vec<u8> = (0..samples).map(|_| rng.below(10) as u8).collect();
    let mut y = Matrix::zeros(samples, SIZES.classes);
    for (i, &label) in labels.iter().enumerate() {
        y[(i, usize::from(label))] = T::ONE;
    }
    (x, labels, y)
}

/// The checksums after [`FEW_STEPS`] and after all of the steps.
type Checksums = [u64; 2];

fn first_floor<T: Real>(samples: usize, steps: usize) -> Checksums {
    let mut p = network::<T>();
    let (x, _, y) = batch(samples);
    let mut act = Activations::new(SIZES, samples).unwrap();
    let mut deltas = Deltas::new(SIZES, samples).unwrap();
    let mut few = 0;
    for step in 0..steps {
        if step == FEW_STEPS {
            few = p.checksum();
        }
        forward(&p, &x, &mut act);
        let lr = T::from_f64(LEARNING_RATE);
        backward_and_descend(&mut p, &x, &y, &act, &mut deltas, lr);
    }
    let all = p.checksum();
    [if steps == FEW_STEPS { all } else { few }, all]
}

fn second_floor<T: Real>(samples: usize, steps: usize) -> Checksums {
    let mut p = network::<T>();
    let (x, labels, _) = batch(samples);
    let mut net = Sequential::new(0)
        .then(Dense::new(SIZES.hidden))
        .then(Sigmoid::new())
        .then(Dense::new(SIZES.hidden))
        .then(Sigmoid::new())
        .then(Dense::new(SIZES.classes));
    net.build(SIZES.inputs);
    let row = |b: &Vec<T>| Matrix::from_rows(&[b]);
    let values = [
        p.w1.clone(),
        row(&p.b1),
        p.w2.clone(),
        row(&p.b2),
        p.w3.clone(),
        row(&p.b3),
    ];
    net.set_parameters(&values).unwrap();
    let mut model = Model::new(net, SoftmaxCrossEntropy, Sgd::new(LEARNING_RATE));
    let mut checksum = |net: &Sequential<T>| {
        p.assign(&values_of(net));
        p.checksum()
    };
    let mut few = 0;
    for step in 0..steps {
        if step == FEW_STEPS {
            few = checksum(&model.net);
        }
        model.forward(&x);
        model.backward(&labels);
        model.apply_grad();
    }
    let all = checksum(&model.net);
    [if steps == FEW_STEPS { all } else { few }, all]
}

/// The checksums of one batch size on both floors.
struct Golden {
    first: Checksums,
    second: Checksums,
}

fn matrix<T: Real>(golden: [Golden; 4]) {
    let mut engines = Vec::new();
    for isa in Isa::available() {
        for threads in THREADS {
            engines.push(Engine::new(isa, threads).expect("an available engine"));
        }
    }
    for (turn, (samples, golden)) in BATCHES.into_iter().zip(golden).enumerate() {
        for engine in &engines {
            let is_slow = engine.isa() == Isa::Portable && Isa::best() != Isa::Portable;
            if is_slow && ![1, THREADS[1 + turn]].contains(&engine.threads()) {
                continue;
            }
            let (steps, compared) = if is_slow { (FEW_STEPS, 1) } else { (STEPS, 2) };
            let (first, second) = engine.run(|| {
                (
                    first_floor::<T>(samples, steps),
                    second_floor::<T>(samples, steps),
                )
            });
            let what = format!("{samples} samples in {}, {}", T::NAME, name(engine));
            for (floor, found, expected) in [
                ("first", first, golden.first),
                ("second", second, golden.second),
            ] {
                assert!(
                    found[..compared] == expected[..compared],
                    "{what}, {floor} floor: {found:#018x?}, expected {expected:#018x?}"
                );
            }
        }
        // Where 1/m is a power of two, it does not matter what is multiplied by it.
        let is_same = golden.first == golden.second;
        assert_eq!(is_same, samples.is_power_of_two(), "{samples}");
    }
}

#[test]
fn f32_has_the_same_bits_everywhere() {
    matrix::<f32>([
        Golden {
            first: [0x2883_c6eb_3b19_78cd, 0x8068_43b5_4c57_4ac2],
            second: [0x2883_c6eb_3b19_78cd, 0x8068_43b5_4c57_4ac2],
        },
        Golden {
            first: [0x7744_e905_d5fd_b093, 0xaf89_ecd1_9395_845e],
            second: [0x61ec_d287_4b42_bf8b, 0x86b9_c249_2de3_f093],
        },
        Golden {
            first: [0xc7fa_aa80_4ce1_7f4e, 0xa79b_c82b_ffd0_6015],
            second: [0xc7fa_aa80_4ce1_7f4e, 0xa79b_c82b_ffd0_6015],
        },
        Golden {
            first: [0x78c1_6fc0_ae10_49c9, 0x1265_a223_85bc_49d3],
            second: [0xcf9f_a5b6_25ec_96d2, 0x5c37_7ec8_6171_2b97],
        },
    ]);
}

#[test]
fn f64_has_the_same_bits_everywhere() {
    matrix::<f64>([
        Golden {
            first: [0x9398_4bb7_39df_7cf0, 0x3642_a717_a623_711f],
            second: [0x9398_4bb7_39df_7cf0, 0x3642_a717_a623_711f],
        },
        Golden {
            first: [0xdfd4_9d44_0a9c_01c0, 0x886d_ab78_8392_25f9],
            second: [0x790b_5232_3ed0_441e, 0xebc2_9718_2ab1_816d],
        },
        Golden {
            first: [0x2a5d_d74e_bffa_c32b, 0x6153_7c15_1b9b_18b2],
            second: [0x2a5d_d74e_bffa_c32b, 0x6153_7c15_1b9b_18b2],
        },
        Golden {
            first: [0x51bf_1a86_5033_42f0, 0x2122_ca6b_1743_407a],
            second: [0x36f2_db00_4e4f_ae71, 0x68c5_1922_f659_e05e],
        },
    ]);
}

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
/// do.
const FEW_STEPS: usize = 2;

const LEARNING_RATE: f64 = 0.3;

/// Random weights and biases, the same in both types but for rounding.
fn network<T: Real>() -> Params<T> {
    let rng = &mut SplitMix64::new(21);
    let mut p = Params::zeros(SIZES).unwrap();
    let values: Vec<T> = (0..p.count())
        .map(|_| T::from_f64(rng.uniform(-0.3, 0.3)))
        .collect();
    p.assign(&values);
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
        let values = net.parameters().into_iter().flat_map(|p| p.value.iter());
        p.assign(&values.collect::<Vec<T>>());
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
    let engine = |isa, threads| Engine::new(isa, threads).expect("an available engine");
    let engines: Vec<Engine> = Isa::available()
        .flat_map(|isa| THREADS.map(|n| engine(isa, n)))
        .collect();
    for (samples, golden) in BATCHES.into_iter().zip(golden) {
        for engine in &engines {
            let is_slow = engine.isa() == Isa::Portable && Isa::best() != Isa::Portable;
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
            first: [0xb81e_79cc_8262_93ff, 0x78fb_97db_db45_b362],
            second: [0xb81e_79cc_8262_93ff, 0x78fb_97db_db45_b362],
        },
        Golden {
            first: [0xa723_4bc6_df0d_f021, 0x3c40_423f_79ca_1aca],
            second: [0x6b30_568d_ba71_f733, 0xc018_3ef2_3cac_0ee9],
        },
        Golden {
            first: [0x9ec4_fed8_5663_06bd, 0x905b_af73_d57f_172c],
            second: [0x9ec4_fed8_5663_06bd, 0x905b_af73_d57f_172c],
        },
        Golden {
            first: [0xd15a_641b_9e06_7b32, 0x34ac_e4fd_75c8_49c2],
            second: [0x2758_3cf7_0c3c_19d0, 0xafc0_f571_944d_401a],
        },
    ]);
}

#[test]
fn f64_has_the_same_bits_everywhere() {
    matrix::<f64>([
        Golden {
            first: [0x69ac_fc2a_b88f_afa3, 0xf1b9_c0bc_fd97_901d],
            second: [0x69ac_fc2a_b88f_afa3, 0xf1b9_c0bc_fd97_901d],
        },
        Golden {
            first: [0xec08_b2e2_68e3_8690, 0xccb9_6c2a_ec4e_c56c],
            second: [0x26c4_48f3_8321_add2, 0xbcde_4aef_e087_f044],
        },
        Golden {
            first: [0x92e2_3a79_2b2e_bb69, 0x0a45_6b42_5231_aada],
            second: [0x92e2_3a79_2b2e_bb69, 0x0a45_6b42_5231_aada],
        },
        Golden {
            first: [0x474b_a4e0_bf0d_e676, 0x7ad9_9b03_c61e_6c1b],
            second: [0x5299_1f2b_f6b2_22ee, 0xc603_ceaa_36d0_35b4],
        },
    ]);
}

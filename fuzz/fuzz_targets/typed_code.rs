#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| medfactor::testing::fuzz::typed_code(data));

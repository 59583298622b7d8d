#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| medfactor::testing::fuzz::key_uri(data));

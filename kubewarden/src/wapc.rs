//! The calls between guest and host, as waPC defines them: all memory is the guest's, the host copies into it and out of it.

#![allow(
    unsafe_code,
    reason = "a host's functions are called, and the guest's are exported by names that waPC says"
)]

use crate::answer;

#[link(wasm_import_module = "wapc")]
unsafe extern "C" {
    fn __guest_request(operation: *mut u8, request: *mut u8);
    fn __guest_response(response: *const u8, length: usize);
    fn __guest_error(error: *const u8, length: usize);
    fn __host_call(
        binding: *const u8,
        binding_length: usize,
        namespace: *const u8,
        namespace_length: usize,
        operation: *const u8,
        operation_length: usize,
        request: *const u8,
        request_length: usize,
    ) -> usize;
    fn __host_response_len() -> usize;
    fn __host_response(response: *mut u8);
}

/// What a host calls first; there is nothing to prepare.
#[unsafe(no_mangle)]
pub extern "C" fn wapc_init() {}

/// A call of the host: 1 where there is a response, 0 where there is an error.
#[unsafe(no_mangle)]
pub extern "C" fn __guest_call(operation_length: usize, request_length: usize) -> i32 {
    let (mut operation, mut request) = (vec![0; operation_length], vec![0; request_length]);
    // SAFETY: both are as long as the host said that what it writes is.
    unsafe { __guest_request(operation.as_mut_ptr(), request.as_mut_ptr()) };
    match answer(&operation, &request, &WapcHost) {
        Ok(response) => {
            // SAFETY: the host reads that many bytes before it returns.
            unsafe { __guest_response(response.as_ptr(), response.len()) };
            1
        }
        Err(error) => {
            // SAFETY: as above.
            unsafe { __guest_error(error.as_ptr(), error.len()) };
            0
        }
    }
}

/// The host that calls this guest.
struct WapcHost;

impl crate::Host for WapcHost {
    fn ask(&self, operation: &str, question: &serde_json::Value) -> Option<serde_json::Value> {
        let (binding, namespace, question) = ("kubewarden", "kubernetes", question.to_string());
        // SAFETY: the host reads that many bytes of each before it returns.
        let is_answered = unsafe {
            __host_call(
                binding.as_ptr(),
                binding.len(),
                namespace.as_ptr(),
                namespace.len(),
                operation.as_ptr(),
                operation.len(),
                question.as_ptr(),
                question.len(),
            )
        };
        // Why it is not, no policy asks: what is not known warns.
        if is_answered != 1 {
            return None;
        }
        // SAFETY: the answer is as long as the host says.
        let answer = unsafe {
            let mut answer = vec![0; __host_response_len()];
            __host_response(answer.as_mut_ptr());
            answer
        };
        serde_json::from_slice(&answer).ok()
    }
}

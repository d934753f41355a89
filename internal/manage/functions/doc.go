// Package functions is the area of functions and their versions, so that the
// function URNs of the reference (4.2, 4.19) name something real.
//
// The reference takes functions for granted and describes none of this. Paths,
// fields and statuses follow the public API of FunctionGraph v2 as far as it
// fits; creating answers 200, as its clients insist on, and so does publishing
// a version. Errors are those of this dialect. Ours are the runtimes: "wasi", a
// WebAssembly module in func_code.file, and "http", a URL in http_target that
// takes the event as a POST. Options of FunctionGraph that do not exist here
// (memory for temporary files, VPCs, agencies, …) are ignored like all unknown
// fields.
//
// It owns the tables functions, function_versions and function_modules, and
// reads projects, what APIs name (api_uses) and authorizers. Running functions
// is package function's; gateways run them for APIs, and this area only for its
// own invocations.
//
// Rules:
//
//   - A URN is urn:fss:<region>:<project>:function:<package>:<name>. Answers
//     carry the version behind it; requests may. Without one, or with "latest",
//     it is the version that can be changed. Others were published from it and
//     never change.
//   - A URN that does not exist, is another project's or is no URN at all is
//     APIG.3019. The project of the path is checked first (APIC.7111).
//   - A module is compiled before it is stored: what could not run is APIG.2011
//     with the reason, what is not Base64 is APIG.2016.
//   - What an API or an authorizer names is not deleted: APIC.7701, see package
//     authorizers. An API names a function without saying here in which version,
//     so none of its versions goes while an API names it.
//   - A name that is taken and a version that exists are APIG.3309: the
//     catalogue has no code for either.
//   - A project may have 100 functions and a function 20 published versions
//     (APIG.3100).
//   - A synchronous invocation answers 200 whatever the function does, as
//     FunctionGraph's does: status says how it went, 200 or 500, result is the
//     answer or what went wrong, log is what the function wrote to stderr. It
//     ends after 25 seconds. An asynchronous one runs as long as the function
//     may, and its result is dropped. Both are refused with APIG.9008 while too
//     many calls of the function are under way.
//   - user_data is kept and answered; functions are not told of it yet.
package functions

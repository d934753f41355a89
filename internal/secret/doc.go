// Package secret keeps secrets out of sight: Text does not print, and a Sealer
// encrypts what has to be stored.
//
// A sealed value is bound to a purpose and to the id of the row it belongs to,
// so that a copy of it in another row, or in another column, does not open.
// Values are sealed with the first key of a Sealer and open with any of its
// keys, which is what rotation is: put a new key in front, seal again what is
// Stale, drop the old key.
//
// Layout of a sealed value, which is stored and travels to gateways and so
// never changes under the same first byte:
//
//	1 byte   layout, 1
//	4 bytes  id of the key
//	24 bytes nonce, random
//	n+16     XChaCha20-Poly1305
//
// The package imports no plane, and its errors hold neither keys nor secrets.
package secret

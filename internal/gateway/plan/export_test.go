package plan

import "unsafe"

// MaxShared bounds what plans share.
const MaxShared = maxShared

// FlatSize is what a plan takes in one piece, in bytes.
const FlatSize = unsafe.Sizeof(flat{})

// Shares counts the lists of parameters and the words that the plans of an Env share.
func (e Env) Shares() (lists, words, senders int) {
	return len(e.shared.lists), len(e.shared.words), len(e.shared.senders)
}

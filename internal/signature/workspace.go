package signature

import (
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"unsafe"

	"github.com/lintel-gateway/lintel/internal/message"
)

// Workspace is the memory in which one signature is made: the canonical request, the
// string to sign and a SHA-256. Whoever verifies message after message keeps one and
// names it in Message.Workspace; for all others there is a pool, whose Get and Put take
// 140 instructions. It carries no meaning from message to message, and belongs to one
// goroutine at a time.
type Workspace struct {
	scratch
	digest
	text [2 * sha256.BlockSize]byte // string to sign, padded
	sum  [sha256.BlockSize]byte     // a digest, padded
	mac  [2 * sha256.Size]byte
}

// NewWorkspace makes a workspace: 1.5 KB.
func NewWorkspace() *Workspace {
	w := &Workspace{digest: newDigest()}
	w.out = make([]byte, 0, firstOut)
	copy(w.text[:], Algorithm+"\n")
	w.text[textDate+len(dateLayout)] = '\n'
	pad(w.text[:], textSize, sha256.BlockSize)
	pad(w.sum[:], sha256.Size, sha256.BlockSize)
	return w
}

// idle is the one variable of the package: workspaces that nobody uses.
var idle = sync.Pool{New: func() any { return NewWorkspace() }}

const (
	firstOut = 1 << 10 // of a canonical request: the usual one has 300 bytes
	// maxKept is the largest canonical request whose memory is kept, so that one huge
	// message does not hold memory for ever.
	maxKept = 16 << 10
)

func release(w *Workspace) {
	if w.copied || cap(w.out) > maxKept {
		w.empty()
	}
	idle.Put(w)
}

// empty forgets strings, which may alias a read buffer, and memory beyond the usual.
func (w *Workspace) empty() {
	if cap(w.out) > maxKept {
		w.out = make([]byte, 0, firstOut)
	}
	if cap(w.query) > 128 || cap(w.values) > 128 {
		w.query, w.values = nil, nil
	}
	clear(w.query[:cap(w.query)])
	clear(w.values[:cap(w.values)])
	w.copied = false
}

// Where the parts of a string to sign stand in Workspace.text, for a date of the usual
// length, and how long it is.
const (
	textDate = len(Algorithm) + 1
	textHash = textDate + len(dateLayout) + 1
	textSize = textHash + 2*sha256.Size
)

// sign leaves the signature of the canonical request in w.mac. The request is padded.
func (k *Key) sign(w *Workspace, date string) {
	w.resume(&blank)
	w.hash.Write(w.out)
	w.read(&w.sum)
	hash := (*[2 * sha256.Size]byte)(w.text[textHash:])
	message.Hex32(hash, (*[sha256.Size]byte)(w.sum[:]))
	w.resume(&k.inner)
	if len(date) == len(dateLayout) {
		*(*[len(dateLayout)]byte)(w.text[textDate:]) = *(*[len(dateLayout)]byte)(unsafe.Pointer(unsafe.StringData(date)))
		w.hash.Write(w.text[:])
	} else { // which no verifier has let pass
		long := append([]byte(Algorithm+"\n"+date+"\n"), hash[:]...)
		w.hash.Write(padding(long, sha256.BlockSize))
	}
	w.read(&w.sum)
	w.resume(&k.outer)
	w.hash.Write(w.sum[:])
	w.read(&w.sum)
	message.Hex32(&w.mac, (*[sha256.Size]byte)(w.sum[:]))
}

// agrees compares a signature with the right one. Its time does not depend on where
// they differ; subtle.ConstantTimeCompare, which goes by bytes, takes 450 instructions
// for the same.
func (w *Workspace) agrees(signature string) bool {
	if len(signature) != len(w.mac) {
		return false
	}
	sent, mac := (*[len(w.mac)]byte)(unsafe.Pointer(unsafe.StringData(signature))), &w.mac
	differ := word(sent, 0) ^ word(mac, 0) // written out: a loop takes 25 more
	differ |= word(sent, 8) ^ word(mac, 8)
	differ |= word(sent, 16) ^ word(mac, 16)
	differ |= word(sent, 24) ^ word(mac, 24)
	differ |= word(sent, 32) ^ word(mac, 32)
	differ |= word(sent, 40) ^ word(mac, 40)
	differ |= word(sent, 48) ^ word(mac, 48)
	differ |= word(sent, 56) ^ word(mac, 56)
	return differ == 0
}

func word(b *[2 * sha256.Size]byte, at int) uint64 { return binary.LittleEndian.Uint64(b[at:]) }

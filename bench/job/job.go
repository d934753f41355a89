package job

import "github.com/lintel-gateway/lintel/bench/loader"

// Job is everything that one boot measures.
type Job struct {
	Unix       int64       `json:"unix"` // the time at which the guest's clock starts, in seconds
	Backend    []string    `json:"backend"`
	Contenders []Contender `json:"contenders"`
	Warm       int         `json:"warm"`     // requests of each case that are not counted
	Requests   int         `json:"requests"` // requests of each counted part
	Parts      int         `json:"parts"`    // how often they are counted
	// Calibrate is a program that gets the number of iterations of a loop of two
	// instructions as its last argument. Empty: no calibration.
	Calibrate []string `json:"calibrate"`
}

// Contender is one program.
type Contender struct {
	Name    string   `json:"name"`
	Args    []string `json:"args"`
	Env     []string `json:"env"`
	Address string   `json:"address"` // listens there when it is ready
	Cases   []Case   `json:"cases"`
}

// Case is one kind of request to a contender.
type Case struct {
	Name    string         `json:"name"`
	Options loader.Options `json:"options"`
	Request loader.Request `json:"request"`
}

// Line is one message of the guest: a figure, or what went wrong.
type Line struct {
	Contender string `json:"contender,omitempty"`
	Case      string `json:"case,omitempty"`
	Part      int    `json:"part,omitempty"`
	Requests  int    `json:"requests,omitempty"`
	// Nanoseconds of processor time, which are instructions: of the contender's
	// processes, of these in user mode where the kernel was told to tell (else 0),
	// and of the backend's.
	Total   int64 `json:"total,omitempty"`
	User    int64 `json:"user,omitempty"`
	Backend int64 `json:"backend,omitempty"`
	// Resident is the contender's memory in bytes.
	Resident int64  `json:"resident,omitempty"`
	Fault    string `json:"fault,omitempty"`
	Note     string `json:"note,omitempty"`
	Done     bool   `json:"done,omitempty"`
}

// Calibration is the name under which the guest reports its calibration, a loop of
// Loop instructions.
const (
	Calibration = "calibration"
	Loop        = 1_000_000_000
)

// Mark begins each line of the guest's that is not the kernel's.
const Mark = "@job "

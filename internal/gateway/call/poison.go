//go:build !race

package call

// poison says whether released memory is overwritten with a visible byte
// instead of zeroes.
const poison = false

package acls_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/lintel-gateway/lintel/internal/manage/acls"
)

// TestTwoWriters: a policy is deleted or bound, never both, and a quota holds
// for who comes at the same moment.
func TestTwoWriters(t *testing.T) {
	each(t, func(x *fixture) {
		for round := range 4 {
			id := x.create(x.alice, input(fmt.Sprintf("round_%d", round)))
			var deleted, bound int
			var both sync.WaitGroup
			both.Go(func() { deleted = x.alice.Do("DELETE", policies+"/"+id, nil).Status })
			both.Go(func() {
				bound = x.alice.Do("POST", bindings, acls.BindInput{ACLID: id, PublishIDs: []string{"pub1"}}).Status
			})
			both.Wait()
			switch {
			case deleted == 204 && bound == 404:
			case deleted == 403 && bound == 201:
				x.exec(`DELETE FROM bindings`)
				x.alice.Do("DELETE", policies+"/"+id, nil).Want(204)
			default:
				x.Fatalf("deleted %d, bound %d", deleted, bound)
			}
		}
		var crowd sync.WaitGroup
		statuses := make([]int, 3*limit)
		for i := range statuses {
			crowd.Go(func() { statuses[i] = x.alice.Do("POST", policies, input(fmt.Sprintf("crowd_%d", i))).Status })
		}
		crowd.Wait()
		made := 0
		for _, status := range statuses {
			switch status {
			case 201:
				made++
			case 403:
			default:
				x.Errorf("status %d", status)
			}
		}
		if made != limit {
			x.Errorf("%d policies, the quota is %d", made, limit)
		}
	})
}

package verify_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/lintel-gateway/lintel/verify"
)

// A backend that answers the gateway and nobody else.
func Example() {
	secrets := map[string][]byte{"orders_key": []byte("a-secret-of-16-or-more")}
	v := verify.New(func(access string) ([]byte, bool) {
		secret, ok := secrets[access]
		return secret, ok
	})
	v.MaxBody = 1 << 20 // bytes; this backend takes nothing larger

	orders := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Fields that an API fills with system values ($context.appId) are
		// signed as well, so they can be believed.
		fmt.Fprintf(w, "orders of %s", r.Header.Get("X-App-Id"))
	})
	backend := httptest.NewServer(v.Middleware(orders))
	defer backend.Close()

	// Whoever goes around the gateway is not served.
	answer, err := http.Get(backend.URL + "/orders")
	if err != nil {
		panic(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		panic(err)
	}
	fmt.Print(answer.StatusCode, " ", string(text))
	// Output: 401 the request is not signed by the gateway
}

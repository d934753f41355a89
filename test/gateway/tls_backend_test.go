package gateway_test

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
)

// trustBackends makes the certificate of httptest's servers the system's only root
// for this process: the gateway trusts backends by the system's roots, and every
// client here has roots of its own. It answers the file of the certificate.
func trustBackends() (file string) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	pemFile, err := os.CreateTemp("", "lintel-backend-ca-*.pem")
	if err != nil {
		panic(err)
	}
	defer pemFile.Close()
	if err := pem.Encode(pemFile, &pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}); err != nil {
		panic(err)
	}
	for name, value := range map[string]string{"SSL_CERT_FILE": pemFile.Name(), "SSL_CERT_DIR": os.DevNull} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	return pemFile.Name()
}

// webTLS is web for a backend with TLS.
func webTLS(path, address string) object {
	d := web(path, address)
	d["backend_api"].(object)["req_protocol"] = "HTTPS"
	return d
}

// speaking is a backend that answers with h and speaks the protocols that set
// chooses; its address is host:port.
func speaking(t testing.TB, secure bool, set func(*http.Protocols), h http.HandlerFunc) (address string) {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.Protocols = new(http.Protocols)
	set(s.Config.Protocols)
	s.EnableHTTP2 = s.Config.Protocols.HTTP2()
	if secure {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

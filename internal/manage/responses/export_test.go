package responses

// CheckBody is what tests ask of bodies.
func CheckBody(body string) error {
	in := TypeInput{Body: body}
	_, err := in.check("")
	return err
}

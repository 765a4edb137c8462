package lazily

import "testing"

func TestRegexp(t *testing.T) {
	digits := Regexp(`^[0-9]+$`)
	if !digits().MatchString("113") || digits().MatchString("a") {
		t.Error("^[0-9]+$ is not matched as it stands")
	}
	if digits() != digits() {
		t.Error("compiled twice")
	}
	if n := CompileAll(); n != 1 {
		t.Errorf("%d expressions, want 1", n)
	}
}

func TestCompileAllFindsWhatIsNoExpression(t *testing.T) {
	before := all
	defer func() { all = before }()
	Regexp(`(`) // said to nobody here
	defer func() {
		if recover() == nil {
			t.Error("( is no expression, and nobody says so")
		}
	}()
	CompileAll()
}

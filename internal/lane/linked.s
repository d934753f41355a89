// The compiler takes functions without a body only where a package has assembly.

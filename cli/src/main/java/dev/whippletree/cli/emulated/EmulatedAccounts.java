package dev.whippletree.cli.emulated;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.Surroundings;

public final class EmulatedAccounts implements AutoCloseable {
    public static EmulatedAccounts open(Surroundings s) {
        throw new UnsupportedOperationException();
    }

    public Whippletree whippletree() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}

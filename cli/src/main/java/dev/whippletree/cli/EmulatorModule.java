package dev.whippletree.cli;

import java.util.function.IntSupplier;

/** Runs what needs the emulator, which a distribution need not have. */
final class EmulatorModule {

    private static final String PACKAGE = "dev/whippletree/emulator/";

    private EmulatorModule() {}

    /**
     * Runs work that loads the emulator's classes.
     *
     * @param command what the user typed, for the message
     * @param work touches {@code dev.whippletree.cli.emulated} when it runs, not before
     * @return what the work returns
     * @throws UserMistake if the emulator isn't on the class path, naming the missing module
     */
    static int needed(String command, IntSupplier work) {
        try {
            return work.getAsInt();
        } catch (NoClassDefFoundError e) {
            if (String.valueOf(e.getMessage()).contains(PACKAGE)) {
                throw new UserMistake(
                        command + " needs the module whippletree-emulator, which this distribution doesn't have");
            }
            throw e;
        }
    }
}

package dev.whippletree.cli;

import java.util.function.IntSupplier;

/** A module that a distribution need not have. */
enum OptionalModule {
    EMULATOR("emulator"),
    GATEWAY("gateway");

    private final String word;

    OptionalModule(String word) {
        this.word = word;
    }

    /**
     * Runs work that loads the module's classes.
     *
     * @param command what the user typed, for the message
     * @param work touches the package of this command that uses the module when it runs, not before
     * @return what the work returns
     * @throws UserMistake if the module isn't on the class path, naming it
     */
    int needed(String command, IntSupplier work) {
        try {
            return work.getAsInt();
        } catch (NoClassDefFoundError e) {
            if (String.valueOf(e.getMessage()).contains("dev/whippletree/" + word + "/")) {
                throw new UserMistake(
                        command + " needs the module whippletree-" + word + ", which this distribution doesn't have");
            }
            throw e;
        }
    }
}

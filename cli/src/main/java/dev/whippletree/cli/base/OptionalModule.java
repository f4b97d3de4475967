package dev.whippletree.cli.base;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.IntSupplier;
import java.util.stream.Stream;

/** A module that may be missing from a distribution. */
public enum OptionalModule {
    EMULATOR("emulator"),
    STRESS("stress", EMULATOR),
    PLANNER("planner", STRESS, EMULATOR),
    BATCH("batch"),
    GATEWAY("gateway");

    private final String word;

    @SuppressWarnings("ImmutableEnumChecker")
    private final List<OptionalModule> uses;

    OptionalModule(String word, OptionalModule... uses) {
        this.word = word;
        this.uses = List.copyOf(Arrays.asList(uses));
    }

    /**
     * Runs work that needs the module.
     *
     * @param command what the user typed, for the message
     * @param work loads classes that use the module, but not before it runs
     * @return what the work returns
     * @throws UserMistake if the module, or one that it uses, isn't on the class path, naming it
     */
    public int needed(String command, IntSupplier work) {
        try {
            return work.getAsInt();
        } catch (NoClassDefFoundError e) {
            explain(command, e);
            throw e;
        } catch (CompletionException e) {
            if (e.getCause() instanceof NoClassDefFoundError missing) {
                explain(command, missing);
            }
            throw e;
        }
    }

    private void explain(String command, NoClassDefFoundError error) {
        String missing = String.valueOf(error.getMessage());
        Stream.concat(Stream.of(this), uses.stream())
                .filter(module -> missing.contains("dev/whippletree/" + module.word + "/"))
                .forEach(module -> {
                    throw new UserMistake(command + " needs the module whippletree-" + module.word
                            + ", which isn't part of this distribution");
                });
    }
}

package outside.modular;

import dev.whippletree.Whippletree;

/** Answers one prompt twice, by the configuration in the working folder. */
public final class Ask {

    private Ask() {}

    /** Prints the source of both answers to the first argument: a call and the cache. */
    public static void main(String[] arguments) {
        try (Whippletree whippletree = Whippletree.open()) {
            for (int time = 0; time < 2; time++) {
                System.out.println(whippletree.ask(arguments[0]).origin().source());
            }
        }
    }
}

package outside;

import dev.whippletree.Whippletree;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Prompt;

/** Answers one prompt, by the configuration in the working folder or the tokens in the environment. */
public final class Ask {

    private Ask() {}

    /** Prints the answer to the first argument; exits with 2 where there is no usable account. */
    public static void main(String[] arguments) {
        try (Whippletree whippletree = Whippletree.open()) {
            System.out.println(
                    whippletree.complete(Prompt.of(arguments[0])).join().text());
        } catch (ConfigurationException e) {
            System.err.println(e.getMessage());
            System.err.println("Set GROQ_API_KEY to your token.");
            System.exit(2);
        }
    }
}

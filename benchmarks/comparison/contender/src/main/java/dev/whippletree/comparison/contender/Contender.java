package dev.whippletree.comparison.contender;

/**
 * A client or gateway under test, configured as its own documentation says. Implementations have a public constructor
 * without arguments, and are thread-safe once started.
 *
 * <p>The lines between {@code // configuration} and {@code // end} of its source are printed on the page, so what
 * readers see is what ran.
 */
public interface Contender extends AutoCloseable {

    /**
     * Makes it ready. Called once, before any question.
     *
     * @param services the accounts, and what a user of them knows
     * @throws Exception if it can't be started
     */
    void start(Services services) throws Exception;

    /**
     * Asks, and blocks until there is an answer.
     *
     * @return the text that it returns as the whole answer
     * @throws Exception whatever it throws instead of an answer
     */
    String answer(Question question) throws Exception;

    /**
     * Asks for a stream, and blocks until it ends.
     *
     * @return the text of all pieces, if it ends the stream without an error
     * @throws Exception whatever it throws instead of an orderly end
     */
    String stream(Question question) throws Exception;

    /**
     * Returns whether it is a process of its own, which is warmed up by questions for the model
     * {@link Services#WARM_UP}.
     */
    default boolean isGateway() {
        return false;
    }

    @Override
    default void close() {}
}

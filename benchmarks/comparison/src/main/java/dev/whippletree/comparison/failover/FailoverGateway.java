package dev.whippletree.comparison.failover;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A gateway, configured for the scenarios of Failover Bench: each has a model of first choice of its own and, unless
 * the configuration is about going without, a fallback. Immutable.
 */
public interface FailoverGateway {

    /**
     * What the page says of one.
     *
     * @param label its name
     * @param title its name on the page
     * @param documentation where its configuration is from
     */
    record FailoverRow(String label, String title, String documentation) {}

    FailoverRow row();

    default String label() {
        return row().label();
    }

    default String title() {
        return row().title();
    }

    default boolean hasFallback() {
        return true;
    }

    /** Returns the package whose version it has. */
    String library();

    /** Returns its configuration for some scenarios, which the page shows. */
    String configuration(List<FailoverScenario> scenarios, String wall);

    /**
     * Returns the command that starts it on a port.
     *
     * @param folder an empty folder for its files
     * @param wall the service's address, up to {@code /v1}
     */
    List<String> command(Installed installed, Path folder, int port, String wall) throws IOException;

    /** Returns the headers that a request for a model needs, which has a fallback. */
    Map<String, String> headers(String model, String fallback, String wall);

    /** Returns all, in the order of the page. */
    static List<FailoverGateway> all() {
        return List.of(
                FailoverWhippletree.ACCOUNTS_ONLY,
                FailoverWhippletree.FALLBACK,
                FailoverWhippletree.TIMEOUTS,
                FailoverLiteLlm.BASELINE,
                FailoverLiteLlm.TUNED,
                FailoverPortkey.BASELINE,
                FailoverPortkey.TUNED);
    }

    static List<String> labels() {
        return all().stream().map(FailoverGateway::label).toList();
    }
}

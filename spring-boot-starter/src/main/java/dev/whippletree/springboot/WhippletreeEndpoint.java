package dev.whippletree.springboot;

import dev.whippletree.Whippletree;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.status.PricedStatus;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/** Shows the status, as the gateway and the command do, and reloads the configuration. Thread-safe. */
@Endpoint(id = "whippletree")
public final class WhippletreeEndpoint {

    private final Whippletree whippletree;

    WhippletreeEndpoint(Whippletree whippletree) {
        this.whippletree = whippletree;
    }

    /** Returns the status as JSON: every account, why it is closed, and what is left of its limits. */
    @ReadOperation
    public Map<String, Object> status() {
        StatusSnapshot status = whippletree.status();
        LocalDate today = LocalDate.ofInstant(status.at(), ZoneOffset.UTC);
        return PricedStatus.of(status, whippletree.configuration(), today).json();
    }

    /**
     * Reads the application's properties again and applies them.
     *
     * @return what has changed; or, with the status 400, what is wrong: nothing has changed then
     */
    @WriteOperation
    public WebEndpointResponse<Map<String, Object>> reload() {
        try {
            return new WebEndpointResponse<>(
                    Map.of("changes", whippletree.reload().lines()));
        } catch (ConfigurationException e) {
            return refused(e.problems());
        } catch (IllegalStateException e) {
            return refused(List.of(String.valueOf(e.getMessage()))); // Not opened from properties, or closed.
        }
    }

    private static WebEndpointResponse<Map<String, Object>> refused(List<String> problems) {
        return new WebEndpointResponse<>(Map.of("problems", problems), WebEndpointResponse.STATUS_BAD_REQUEST);
    }
}

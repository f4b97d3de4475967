package dev.whippletree.gateway.batches;

import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.GatewayJson;
import dev.whippletree.gateway.http.RequestException;
import dev.whippletree.gateway.http.RequestLabel;
import dev.whippletree.gateway.http.Response;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request about a client's files or batches. Immutable.
 *
 * @param id of the file or batch that it is about; empty: none
 */
record StorageRequest(
        HttpServerExchange exchange,
        String tenant,
        ClientFolder folder,
        Unreadable unreadable,
        boolean accountsShown,
        String id) {

    private static final Logger LOG = LoggerFactory.getLogger(StorageRequest.class);

    /** What a request needs. */
    interface Work {

        /**
         * Does it. Blocks.
         *
         * @return the JSON to be sent; a {@link Runnable} is run on the I/O thread in its place
         * @throws IOException if the file system fails
         */
        Object result() throws IOException;
    }

    /** Writes an item of a list. */
    interface Writer<T> {

        Map<String, Object> json(T item) throws IOException;
    }

    /** Does some work where it may block, and answers with its result. */
    void answer(Work work) {
        exchange.dispatch(GatewayBatches.REQUESTS, () -> answerNow(work));
    }

    /** The same where blocking is allowed already. Errors are answered too: no other code would end the exchange. */
    void answerNow(Work work) {
        Object answer;
        try {
            answer = folder.isPrepared() ? work.result() : withoutFolder();
        } catch (RequestException e) {
            answer = e.error();
        } catch (IOException e) {
            answer = failed(e);
        } catch (Throwable e) {
            LOG.error("Request {} failed", RequestLabel.of(exchange).id(), e);
            answer = ApiError.internal();
        }
        Object sent = answer;
        Response.later(exchange, () -> send(sent));
    }

    /** Nothing would be found, as if it had never been. {@link GatewayBatches} warns of that. */
    private ApiError withoutFolder() {
        return isNew() ? ApiError.storageFailed() : ApiError.storageUnreadable("your files and batches");
    }

    private boolean isNew() {
        return id.isEmpty() && exchange.getRequestMethod().equals(Methods.POST);
    }

    private ApiError failed(IOException why) {
        if (isNew()) {
            LOG.warn(
                    "Request {}: what was sent can't be kept",
                    RequestLabel.of(exchange).id(),
                    why);
            return ApiError.storageFailed();
        }
        unreadable.add(folder.place(id), why);
        return ApiError.storageUnreadable(id.isEmpty() ? "your files and batches" : id);
    }

    private void send(Object answer) {
        if (answer instanceof Runnable sending) {
            sending.run();
        } else if (exchange.getConnection().isOpen() && answer instanceof ApiError error) {
            Response.send(exchange, error);
        } else if (exchange.getConnection().isOpen()) {
            Response.send(exchange, StatusCodes.OK, answer);
        }
    }

    Optional<String> parameter(String name) {
        return Optional.ofNullable(exchange.getQueryParameters().get(name)).map(Deque::peekFirst);
    }

    /**
     * Returns the page of a list that it wants, as OpenAI's API has them, without items that can't be read.
     *
     * @param items the whole list, in any order
     * @param usual how many a page has unless it says so
     * @param most how many it may say
     * @throws RequestException if it says that wrongly
     */
    <T extends Listed> Map<String, Object> page(List<T> items, int usual, int most, Writer<T> writer)
            throws IOException {
        String limit = parameter("limit").orElse(String.valueOf(usual));
        if (!limit.matches("0*[1-9]\\d{0,8}") || Integer.parseInt(limit) > most) {
            throw new RequestException(ApiError.wrong("limit", "'limit' must be 1 to " + most + ", not " + limit));
        }
        String order = parameter("order").orElse("desc");
        if (!order.matches("asc|desc")) {
            throw new RequestException(ApiError.wrong("order", "'order' must be asc or desc, not " + order));
        }
        Comparator<Listed> sorted = order.equals("asc") ? Listed.NEWEST_FIRST.reversed() : Listed.NEWEST_FIRST;
        List<T> all = items.stream().sorted(sorted).toList();
        Optional<String> after = parameter("after").filter(id -> !id.isEmpty());
        int next = after.isPresent() ? behind(all, sorted, after.get()) : 0;
        List<String> shown = new ArrayList<>();
        List<Map<String, Object>> data = new ArrayList<>();
        for (; next < all.size() && data.size() < Integer.parseInt(limit); next++) {
            try {
                data.add(writer.json(all.get(next)));
                shown.add(all.get(next).id());
            } catch (IOException e) {
                LOG.debug("What can't be read is left out", e);
            }
        }
        return GatewayJson.of(
                "object",
                "list",
                "data",
                data,
                "first_id",
                shown.isEmpty() ? null : shown.get(0),
                "last_id",
                shown.isEmpty() ? null : shown.get(shown.size() - 1),
                "has_more",
                next < all.size());
    }

    /** Returns the place behind an item, also if the item is gone: clients delete what they list. */
    private int behind(List<? extends Listed> all, Comparator<Listed> sorted, String id) throws IOException {
        for (int place = 0; place < all.size(); place++) {
            if (all.get(place).id().equals(id)) {
                return place + 1;
            }
        }
        Listed gone = folder.gone(id)
                .orElseThrow(() -> new RequestException(
                        ApiError.wrong("after", "'after' must be the id of a file or a batch, not " + id)));
        return -Collections.binarySearch(all, gone, sorted) - 1;
    }
}

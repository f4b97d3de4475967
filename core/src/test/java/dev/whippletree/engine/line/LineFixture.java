package dev.whippletree.engine.line;

import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenCount;
import dev.whippletree.settings.TenantWeights;

/**
 * Waiters that may use everything by one of some routes, each with as many tokens as its prompt has letters, and as its
 * bound says.
 */
final class LineFixture {

    private LineFixture() {}

    static WaitingLine line(TenantWeights weights, double batchShare) {
        return new WaitingLine(weights, batchShare, ticket -> new Everything(ticket.isAbsent()));
    }

    static Ticket ticket(Prompt prompt, String route) {
        TokenCount tokens = new TokenCount(
                prompt.messages().get(0).text().length(),
                prompt.parameters().maxTokens().orElse(0));
        return new AnyWaiter(route, tokens, prompt.tenant(), prompt.session().orElse(""), prompt.priority()).ticket;
    }

    /** Serves a ticket where any other could be served too. */
    static void serve(WaitingLine line, Ticket ticket, boolean beforePeople) {
        line.serve(ticket, beforePeople, lane -> !lane.isAbsent());
    }

    /** Takes a ticket's prompt for one that was called before. */
    static void begun(Ticket ticket) {
        ((AnyWaiter) ticket.waiter()).calls = 1;
    }

    /** Ends a ticket's prompt. */
    static void ended(Ticket ticket) {
        ((AnyWaiter) ticket.waiter()).over = true;
    }

    /** Returns which route a ticket is for. */
    static String route(Ticket ticket) {
        return ((AnyWaiter) ticket.waiter()).route;
    }

    private static final class AnyWaiter implements Waiter {

        private final String route;
        private final TokenCount tokens;
        private final Ticket ticket;
        private int calls;
        private boolean over;

        AnyWaiter(String route, TokenCount tokens, String tenant, String session, Priority priority) {
            this.route = route;
            this.tokens = tokens;
            this.ticket = new Ticket(this, tenant, session, priority);
        }

        @Override
        public int calls() {
            return calls;
        }

        @Override
        public boolean hasBegun() {
            return calls > 0;
        }

        @Override
        public TokenCount meanTokens() {
            return tokens;
        }

        @Override
        public TokenCount mostTokens() {
            return tokens;
        }

        @Override
        public Object eligibilityKey() {
            return route;
        }

        @Override
        public boolean isOver() {
            return over;
        }
    }

    /** All that there is, unless nobody waits for it. */
    record Everything(boolean absent) implements Eligibility {

        @Override
        public boolean meets(Eligibility other) {
            return !absent && !((Everything) other).absent;
        }

        @Override
        public boolean tokensBind(TokenCount usual) {
            return false;
        }
    }
}

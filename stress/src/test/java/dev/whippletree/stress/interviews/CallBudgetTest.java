package dev.whippletree.stress.interviews;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import dev.whippletree.model.Prompt;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.ProviderClient;
import org.junit.jupiter.api.Test;

class CallBudgetTest {

    private final CallBudget budget = new CallBudget();
    private final ProviderClient account = mock();
    private final AttemptSink sink = mock();

    @Test
    void untilToldHowMany_noneIsSent() {
        budget.around(account).send(Prompt.of("Hello"), "a-model", sink);

        verify(account, never()).send(any(), any(), any());
        verify(sink).failed(any());
        assertThat(budget.made()).isZero();
    }

    @Test
    void accountsShareIt_andNoMoreThanItAllowsAreSent() {
        ProviderClient another = mock();
        budget.allow(3);
        for (int call = 0; call < 5; call++) {
            budget.around(account).send(Prompt.of("Hello"), "a-model", sink);
            budget.around(another).send(Prompt.of("Hello"), "a-model", sink);
        }

        verify(account, times(2)).send(any(), any(), any());
        verify(another, times(1)).send(any(), any(), any());
        verify(sink, times(7)).failed(any());
        assertThat(budget.made()).isEqualTo(3);
    }
}

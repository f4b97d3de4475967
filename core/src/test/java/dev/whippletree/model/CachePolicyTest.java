package dev.whippletree.model;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class CachePolicyTest {

    @Test
    void ttlOfWhatIsNotStored_isRejected() {
        Prompt.Builder prompt = Prompt.builder().user("q").noStore().ttl(Duration.ofHours(1));
        assertThatIllegalArgumentException()
                .isThrownBy(prompt::build)
                .withMessageContaining("a ttl was given for an answer that mustn't be stored");
    }

    @Test
    void ttlThatIsOver_isRejected() {
        Prompt.Builder prompt = Prompt.builder().user("q").ttl(Duration.ZERO);
        assertThatIllegalArgumentException().isThrownBy(prompt::build).withMessageContaining("must be positive");
    }
}

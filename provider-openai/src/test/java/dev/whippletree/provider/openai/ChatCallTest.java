package dev.whippletree.provider.openai;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

/** What a call says of an answer that doesn't come; the contract tests the rest. */
final class ChatCallTest {

    @Test
    void unknownHost_isSaidInWords() {
        assertThat(ChatCall.reason(new UnknownHostException("api.magpie.example")))
                .isEqualTo("this host isn't known here; check its name and the network");
    }

    @Test
    void otherReasons_areTheJdksOwn_orItsNameOfThem() {
        assertThat(ChatCall.reason(new ConnectException("Connection refused"))).isEqualTo("Connection refused");
        assertThat(ChatCall.reason(new ConnectException())).isEqualTo("ConnectException");
    }
}

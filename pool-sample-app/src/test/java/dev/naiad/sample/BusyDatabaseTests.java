/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import static org.mockito.BDDMockito.given;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.http.MediaType;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.transaction.CannotCreateTransactionException;

@WebMvcTest(ProductController.class)
class BusyDatabaseTests {

    @MockitoBean
    private Shop shop;

    private final MockMvc mvc;

    @Autowired
    BusyDatabaseTests(MockMvc mvc) {
        this.mvc = mvc;
    }

    @Test
    void aTransactionThatGotNoConnectionInTimeIsToldToComeBack() throws Exception {
        refused(new CannotCreateTransactionException("busy", new SQLTransientConnectionException("no connection")));
    }

    @Test
    void aQueryThatGotNoConnectionInTimeIsToldToComeBack() throws Exception {
        refused(new CannotGetJdbcConnectionException("busy", new SQLTransientConnectionException("no connection")));
    }

    @Test
    void aLockThatWasNotGrantedIsToldToComeBack() throws Exception {
        refused(new CannotAcquireLockException("busy"));
    }

    private void refused(RuntimeException thrown) throws Exception {
        given(shop.products()).willThrow(thrown);

        mvc.perform(get("/products"))
                .andExpect(status().isServiceUnavailable())
                .andExpect(header().string("Retry-After", "1"))
                .andExpect(content().contentType(MediaType.APPLICATION_PROBLEM_JSON));
    }
}

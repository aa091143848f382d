/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.framework;

import java.util.stream.Stream;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.CrudRepository;

interface BookRows extends CrudRepository<BookRow, Long> {

    @Query("select id, title, cover from book order by id")
    Stream<BookRow> streamAll();
}

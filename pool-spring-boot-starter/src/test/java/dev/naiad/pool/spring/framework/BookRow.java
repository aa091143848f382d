/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.framework;

import org.springframework.data.annotation.Id;
import org.springframework.data.domain.Persistable;
import org.springframework.data.relational.core.mapping.Table;

@Table("book")
record BookRow(@Id Long id, String title, byte[] cover) implements Persistable<Long> {

    @Override
    public Long getId() {
        return id;
    }

    @Override
    public boolean isNew() {
        return true;
    }
}

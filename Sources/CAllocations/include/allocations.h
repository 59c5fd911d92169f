#ifndef RETAIND_ALLOCATIONS_H
#define RETAIND_ALLOCATIONS_H

/// How often the present thread has asked for memory.
unsigned long allocation_count(void);

#endif

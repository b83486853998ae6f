#include "cmd/cmd.h"

int main(int argc, char **argv)
{
    (void)argc; /* argv ends with NULL */
    return (int)command_run(argv);
}

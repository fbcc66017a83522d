using FsCheck;
using Raid5Verify.Generation;
using Raid5Verify.Scenarios;

namespace Raid5Verify.Specs;

/// <summary>
/// Every operation answers what the reference file system answers, errno included. (That the reference answers what Linux
/// answers is for its own tests.)
/// </summary>
public sealed class Promise12_Posix
{
    [Promise(12)]
    public Property Without_any_fault_every_answer_is_the_references() => Spec.Holds(Profile.Default.WithFaults());

    [Promise(15)]
    public Property The_smallest_blocks_change_no_answer() => Spec.Holds(Profile.Quick.WithFaults().On(
        new ClusterShape { Servers = 4, Block = new ByteSize(128), Rows = 512, Cache = 64 }));

    [Promise(10)]
    public Property When_a_file_system_is_full_it_says_so_where_it_must_and_only_there() => Spec.Holds(Profile.Default.FillingUp());

    [Promise(6)]
    public Property However_deep_long_sparse_or_large_things_are_no_answer_is_another() => Spec.Holds(Profile.Deep);
}

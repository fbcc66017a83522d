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
}

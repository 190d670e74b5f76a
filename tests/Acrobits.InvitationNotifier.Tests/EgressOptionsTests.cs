using System.Net;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Tests;

public class EgressOptionsTests
{
    [Fact]
    public void FindForbiddenRange_Address_IsJudgedAsAtConnecting()
    {
        var options = new EgressOptions { AllowedRanges = ["10.20.0.0/16"] };

        Assert.Null(options.FindForbiddenRange(IPAddress.Parse("8.8.8.8")));
        Assert.Null(options.FindForbiddenRange(IPAddress.Parse("10.20.1.1")));
        Assert.Equal("10.0.0.0/8 (private, RFC 1918)", options.FindForbiddenRange(IPAddress.Parse("10.21.1.1")));
    }

    [Fact]
    public void FindForbiddenRange_WrongRanges_ThrowsWithEveryProblem()
    {
        var options = new EgressOptions { AllowedRanges = ["x", "10.0.0.0/8", "10.0.0.1/8"] };

        var exception = Assert.Throws<OptionsValidationException>(() => options.FindForbiddenRange(IPAddress.Loopback));

        Assert.Equal(2, exception.Failures.Count());
    }

    [Fact]
    public void FindForbiddenRange_Null_Throws() =>
        Assert.Throws<ArgumentNullException>("address", () => new EgressOptions().FindForbiddenRange(null!));
}

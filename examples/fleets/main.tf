# A fleet that Terraform declares and Forseti deploys to. Whatever a deployment changes is ignored below: `terraform apply` then
# changes nothing of a release, and `terraform plan` shows none.

variable "subnets" {
  type        = list(string)
  description = "In two zones or more."
}

variable "first_image" {
  type        = string
  description = "What the fleet starts with. Later images come from Forseti."
}

variable "instance_type" {
  type    = string
  default = "t3.medium"
}

resource "aws_launch_template" "api" {
  name          = "api-production"
  image_id      = var.first_image
  instance_type = var.instance_type

  iam_instance_profile {
    name = "api-production"
  }

  # Lets Forseti launch from it and make versions of it.
  tags = {
    "forseti:application" = "api"
  }

  lifecycle {
    # Forseti makes versions of it: with the release's image, with its tags for instances and volumes, and with a
    # description. A version that Terraform makes later takes these from the newest one.
    ignore_changes = [image_id, tag_specifications, description, default_version]
  }
}

resource "aws_autoscaling_group" "api" {
  name                = "api-production"
  vpc_zone_identifier = var.subnets
  min_size            = 2
  max_size            = 20
  health_check_type   = "ELB"

  launch_template {
    id = aws_launch_template.api.id
    # By number, which Forseti asks for. It is the one that the group is made with.
    version = aws_launch_template.api.latest_version
  }

  # Terraform removes tags that it does not declare, and without this one Forseti may change nothing.
  tag {
    key                 = "forseti:application"
    value               = "api"
    propagate_at_launch = false
  }

  # There is no instance_refresh block: two refreshes cannot run at once, and the rollout is Forseti's.

  lifecycle {
    # The version is the release. Capacity belongs to scaling. Processes are suspended while a deployment runs.
    ignore_changes = [launch_template[0].version, desired_capacity, suspended_processes]
  }
}
